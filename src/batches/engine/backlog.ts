import type { OpenChunk, Row } from './row.js';

/** Waiting rows of one upload, past which no more of it are claimed. */
const MAX_ROWS_PER_UPLOAD = 4_000;

/** Waiting rows of all uploads, past which each upload may have its share of that many alone. */
const SHARED_ROWS = 16_000;

/** Waiting rows of all uploads, past which chunks are released. */
const MAX_ROWS = 32_000;

/** Milliseconds for which nothing of an upload is claimed after a chunk of it was released. */
const COOL_DOWN_MS = 60_000;

/** Counts waiting rows per upload, so that the backlog of one upload cannot starve the others. */
export class Backlog {
  private readonly byUpload = new Map<string, number>();
  /** In the order in which they began to wait. */
  private readonly byChunk = new Map<OpenChunk, number>();
  /** When the cool-down of uploads ends, in milliseconds of `performance.now()`. */
  private readonly coolDowns = new Map<string, number>();
  private size = 0;

  enter({ chunk }: Row): void {
    this.count(chunk, 1);
  }

  leave({ chunk }: Row): void {
    this.count(chunk, -1);
  }

  /** Returns the uploads of which no more rows are to be claimed. */
  get excludedUploads(): string[] {
    for (const [uploadId, until] of this.coolDowns) if (until < performance.now()) this.coolDowns.delete(uploadId);
    const { share } = this;
    const full = [...this.byUpload].filter(([, rows]) => rows > share).map(([uploadId]) => uploadId);
    return [...new Set([...full, ...this.coolDowns.keys()])];
  }

  /**
   * Returns a chunk that is to be released while too many rows wait: of the uploads with more than their share the one
   * that began to wait last, so that those before it come to their end.
   */
  surplus(): OpenChunk | undefined {
    if (this.size <= MAX_ROWS) return undefined;
    const { share } = this;
    const chunks = [...this.byChunk.keys()].filter(({ work }) => (this.byUpload.get(work.uploadId) ?? 0) > share);
    const last = chunks.at(-1);
    if (last) this.coolDowns.set(last.work.uploadId, performance.now() + COOL_DOWN_MS);
    return last;
  }

  /** Rows of each upload that may wait. */
  private get share(): number {
    if (this.size < SHARED_ROWS) return MAX_ROWS_PER_UPLOAD;
    return Math.min(MAX_ROWS_PER_UPLOAD, SHARED_ROWS / this.byUpload.size);
  }

  private count(chunk: OpenChunk, change: 1 | -1): void {
    this.size += change;
    add(this.byUpload, chunk.work.uploadId, change);
    add(this.byChunk, chunk, change);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
