import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { noteCalls } from './calls.queries.js';
import type { OpenChunk, Row } from './row.js';

/**
 * Milliseconds for which calls of a chunk are gathered before they are noted by one statement. What a fast host has
 * answered and PostgreSQL has stored by then needs no note. A kill loses the count of calls that were begun within this
 * time before it.
 */
const GATHERING_MS = 100;

/** Milliseconds before what could not be written is written again. */
const RETRY_PAUSE_MS = 200;

type Calls = Record<number, number>;

/** Writes which rows are being asked for, so that a call counts though its worker is killed before its end is written. */
export class CallNotes {
  private readonly logger = new Logger(CallNotes.name);
  /** By chunk: calls that wait for those before them to be written. */
  private readonly waiting = new Map<OpenChunk, Set<Row>>();
  private readonly writing = new Set<OpenChunk>();

  /** @param workerId returns null once the worker's leases are lost */
  constructor(
    private readonly db: Pool,
    private readonly workerId: () => string | null,
  ) {}

  /** Notes the tries of a row, together with those of other rows of its chunk that are begun shortly after it. */
  note(row: Row): void {
    const { chunk } = row;
    const rows = this.waiting.get(chunk) ?? new Set();
    rows.add(row);
    this.waiting.set(chunk, rows);
    if (this.writing.has(chunk)) return;
    this.writing.add(chunk);
    void this.write(chunk);
  }

  private async write(chunk: OpenChunk): Promise<void> {
    while (this.waiting.has(chunk)) {
      await delay(GATHERING_MS, undefined, { ref: false });
      const calls = this.take(chunk);
      if (Object.keys(calls).length > 0) await this.writeSome(chunk, calls);
    }
    this.writing.delete(chunk);
  }

  /** The tries of the rows that wait and whose end is not stored yet. */
  private take(chunk: OpenChunk): Calls {
    const rows = [...(this.waiting.get(chunk) ?? [])];
    this.waiting.delete(chunk);
    return Object.fromEntries(rows.filter(({ stored }) => !stored).map(({ rowNumber, tries }) => [rowNumber, tries]));
  }

  private async writeSome(chunk: OpenChunk, calls: Calls): Promise<void> {
    for (;;) {
      const workerId = this.workerId();
      if (workerId === null || chunk.signal.aborted) return;
      try {
        await noteCalls(this.db, workerId, chunk, calls);
        return;
      } catch (error) {
        this.logger.warn(`noting calls failed; retrying in ${RETRY_PAUSE_MS} ms: ${String(error)}`);
        await delay(RETRY_PAUSE_MS);
      }
    }
  }
}
