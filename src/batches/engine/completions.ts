import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { finishRows, type Finished, type Written } from './finish.queries.js';

/** Milliseconds that an end waits for others to be written with it. */
const GATHERING = 50;

/** Ends that are written by one statement at most. */
const TOGETHER = 2_000;

/** Ends, and characters of their results, that may wait for PostgreSQL before no new rows are asked for. */
const BACKLOG = { rows: 4_000, characters: 64_000_000 };

/** Milliseconds before what could not be written is written again. */
const PAUSE = 200;

/**
 * SQLSTATE classes of what is wrong with the values: data exceptions and limits, such as a result nested too deeply. All
 * else passes, be it a full disk, a lock or a server that is gone.
 */
const REFUSED = /^(22|54)/;

const UNSTORABLE = 'The result cannot be stored.';

/** Gathers rows that have ended and writes them many to a statement; they stay here until PostgreSQL has them. */
export class Completions {
  private readonly logger = new Logger(Completions.name);
  private readonly waiting: Finished[] = [];
  private characters = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  /**
   * @param workerId answers null once the worker's leases are lost: then nothing that it knows may be written
   * @param written hears what was written, or given up, and which batches have come further by it
   */
  constructor(
    private readonly db: Pool,
    private readonly workerId: () => string | null,
    private readonly written: (finished: readonly Finished[], what: Written) => void,
  ) {}

  get full(): boolean {
    return this.waiting.length >= BACKLOG.rows || this.characters >= BACKLOG.characters;
  }

  add(finished: Finished): void {
    this.waiting.push(finished);
    this.characters += finished.ending.result?.length ?? 0;
    this.gather();
  }

  /** Nothing else is about to end: what waits is written at once. */
  hurry(): void {
    if (this.waiting.length > 0) this.start();
  }

  /** Resolves when everything that has ended is written or given up. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.writing) {
      this.start();
      await this.writing;
    }
  }

  private gather(): void {
    this.timer ??= setTimeout(() => {
      this.start();
    }, GATHERING);
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.waiting.length > 0) this.gather();
    });
  }

  private async writeAll(): Promise<void> {
    do await this.write(this.waiting.slice(0, TOGETHER));
    while (this.waiting.length >= TOGETHER);
  }

  /** @param group what has waited longest */
  private async write(group: readonly Finished[]): Promise<void> {
    const what = await this.finish(group);
    if (what) this.leave(group, what);
    else await this.writeApart(group);
  }

  /** Again and again while it cannot be written; null when PostgreSQL refuses what it is. */
  private async finish(group: readonly Finished[]): Promise<Written | null> {
    for (;;) {
      const workerId = this.workerId();
      if (workerId === null) return NOTHING;
      try {
        return await finishRows(this.db, workerId, group);
      } catch (error) {
        if (isRefused(error) && !group.every(isPlain)) return null;
        this.logger.warn(`${group.length} ends are kept and written again: ${String(error)}`);
        await delay(PAUSE);
      }
    }
  }

  private leave(group: readonly Finished[], what: Written): void {
    this.waiting.splice(0, group.length);
    for (const { ending } of group) this.characters -= ending.result?.length ?? 0;
    this.written(group, what);
  }

  /** One row's result may be what PostgreSQL does not take: the others shall not suffer. */
  private async writeApart(group: readonly Finished[]): Promise<void> {
    const [only] = group;
    if (only && group.length === 1) {
      this.logger.warn(`The result of row ${only.row.rowNumber} of batch ${only.row.chunk.batchId} was refused`);
      this.characters -= only.ending.result?.length ?? 0;
      this.waiting[0] = plain(only);
      await this.write(this.waiting.slice(0, 1));
      return;
    }
    const half = group.length >> 1;
    await this.write(group.slice(0, half));
    await this.write(group.slice(half));
  }
}

const NOTHING: Written = { advanced: [], welcome: new Set() };

const isRefused = (error: unknown): boolean => REFUSED.test(String((error as { code?: unknown }).code));

const isPlain = ({ ending }: Finished): boolean => ending.failure?.message === UNSTORABLE;

/** The same end in words that PostgreSQL takes. */
const plain = ({ row, ending }: Finished): Finished => {
  const failure = { class: ending.failure?.class ?? 'bad_response', message: UNSTORABLE } as const;
  return { row, ending: { ...ending, result: null, keys: [], failure } };
};
