import type { Backlog } from './backlog.js';
import type { OpenChunk, Row } from './row.js';

/** Rows that wait each for its own time: after a failure, or for a redirect's host. They hold no place. */
export class WaitingRows {
  private readonly timers = new Map<Row, NodeJS.Timeout>();

  /** @param wake hears of each row whose time has come. */
  constructor(
    private readonly backlog: Backlog,
    private readonly wake: (row: Row) => void,
  ) {}

  add(row: Row, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.forget(row);
      this.wake(row);
    }, milliseconds).unref();
    this.timers.set(row, timer);
    this.backlog.enter(row);
  }

  remove(chunk: OpenChunk): void {
    for (const row of this.timers.keys()) if (row.chunk === chunk) this.forget(row);
  }

  private forget(row: Row): void {
    clearTimeout(this.timers.get(row));
    if (this.timers.delete(row)) this.backlog.leave(row);
  }
}
