import type { OpenChunk, Row } from './row.js';

/** Rows that may not be asked for yet: after a failure, at a busy host, at an open circuit. They hold no place. */
export class WaitingRows {
  private readonly timers = new Map<Row, NodeJS.Timeout>();
  private readonly byUpload = new Map<string, number>();

  /** @param wake hears of each row whose time has come. */
  constructor(private readonly wake: (row: Row) => void) {}

  get size(): number {
    return this.timers.size;
  }

  add(row: Row, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.forget(row);
      this.wake(row);
    }, milliseconds).unref();
    this.timers.set(row, timer);
    this.count(row, 1);
  }

  remove(chunk: OpenChunk): void {
    for (const row of this.timers.keys()) if (row.chunk === chunk) this.forget(row);
  }

  /** Uploads of which more rows than that wait. */
  uploadsAbove(rows: number): string[] {
    return [...this.byUpload].filter(([, waiting]) => waiting > rows).map(([uploadId]) => uploadId);
  }

  private forget(row: Row): void {
    clearTimeout(this.timers.get(row));
    if (this.timers.delete(row)) this.count(row, -1);
  }

  private count({ chunk: { work } }: Row, change: 1 | -1): void {
    const waiting = (this.byUpload.get(work.uploadId) ?? 0) + change;
    if (waiting > 0) this.byUpload.set(work.uploadId, waiting);
    else this.byUpload.delete(work.uploadId);
  }
}
