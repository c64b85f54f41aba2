import type { Row } from './row.js';

/** Rows of one upload that may wait before no more of it are taken, and rows of all. */
const ROOM = { ofUpload: 4_000, ofAll: 16_000 };

/** How many rows wait, and whose. */
export class Crowd {
  private readonly byUpload = new Map<string, number>();
  private size = 0;

  enter(row: Row): void {
    this.count(row, 1);
  }

  leave(row: Row): void {
    this.count(row, -1);
  }

  get full(): boolean {
    return this.size >= ROOM.ofAll;
  }

  /** Uploads of which no more rows are to be taken. */
  get excluded(): string[] {
    return [...this.byUpload].filter(([, rows]) => rows > ROOM.ofUpload).map(([uploadId]) => uploadId);
  }

  private count({ chunk: { work } }: Row, change: 1 | -1): void {
    this.size += change;
    const rows = (this.byUpload.get(work.uploadId) ?? 0) + change;
    if (rows > 0) this.byUpload.set(work.uploadId, rows);
    else this.byUpload.delete(work.uploadId);
  }
}
