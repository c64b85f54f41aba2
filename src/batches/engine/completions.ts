import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseAway } from '../../platform/database/database-errors.js';
import { type Advanced, finishRows, type Finished } from './finish.queries.js';

/** Milliseconds that an end waits for others to be written with it. */
const GATHERING = 50;

/** Ends that are written by one statement at most. */
const TOGETHER = 2_000;

/** Ends, and characters of their results, that may wait for PostgreSQL before no new rows are asked for. */
const BACKLOG = { rows: 4_000, characters: 64_000_000 };

/** SQLSTATEs of a statement that need only be said again: deadlock, serialization. */
const AGAIN = /^(40P01|40001)$/;

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
    private readonly written: (finished: readonly Finished[], advanced: readonly Advanced[]) => void,
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
    do {
      const group = this.waiting.slice(0, TOGETHER);
      const advanced = await this.write(group);
      this.waiting.splice(0, group.length);
      for (const { ending } of group) this.characters -= ending.result?.length ?? 0;
      this.written(group, advanced);
    } while (this.waiting.length >= TOGETHER);
  }

  /** Again and again while PostgreSQL is away; what it refuses for itself is ended in another way. */
  private async write(group: readonly Finished[]): Promise<Advanced[]> {
    for (;;) {
      const workerId = this.workerId();
      if (workerId === null) return [];
      try {
        return await finishRows(this.db, workerId, group);
      } catch (error) {
        if (!isDatabaseAway(error) && !AGAIN.test(String((error as { code?: unknown }).code))) {
          return this.writeApart(group, error);
        }
        this.logger.warn(`${group.length} ends are kept and written again: ${String(error)}`);
        await delay(200);
      }
    }
  }

  /** One row's result may be what PostgreSQL does not take, nested too deeply for example: the others shall not suffer. */
  private async writeApart(group: readonly Finished[], reason: unknown): Promise<Advanced[]> {
    const [only] = group;
    if (!only) return [];
    if (group.length > 1) {
      const half = group.length >> 1;
      return [...(await this.write(group.slice(0, half))), ...(await this.write(group.slice(half)))];
    }
    this.logger.warn(`A result was refused: ${String(reason)}`);
    if (only.ending.failure) throw reason;
    const failure = { class: 'bad_response', message: 'The result cannot be stored.' } as const;
    return this.write([{ row: only.row, ending: { ...only.ending, result: null, keys: [], failure } }]);
  }
}
