import type { OpenChunk, Row } from './row.js';

/**
 * Rows that may wait: of one upload before no more of it are taken, of all before each upload may have its share of that
 * alone, and of all before chunks are given back.
 */
const ROOM = { ofUpload: 4_000, shared: 16_000, most: 32_000 };

/** Milliseconds for which nothing is taken of an upload of which a chunk was given back. */
const AWAY = 60_000;

/** How many rows wait, and whose: however many wait of some, others are taken of. */
export class Crowd {
  private readonly byUpload = new Map<string, number>();
  /** In the order in which they began to wait. */
  private readonly byChunk = new Map<OpenChunk, number>();
  /** When uploads may be taken of again that were given back of. */
  private readonly away = new Map<string, number>();
  private size = 0;

  enter({ chunk }: Row): void {
    this.count(chunk, 1);
  }

  leave({ chunk }: Row): void {
    this.count(chunk, -1);
  }

  /** Uploads of which no more rows are to be taken. */
  get excluded(): string[] {
    for (const [uploadId, until] of this.away) if (until < performance.now()) this.away.delete(uploadId);
    const { share } = this;
    const full = [...this.byUpload].filter(([, rows]) => rows > share).map(([uploadId]) => uploadId);
    return [...new Set([...full, ...this.away.keys()])];
  }

  /**
   * A chunk that is to be given back, when there are too many: of those whose upload has more than its share the one
   * that began to wait last, so that those before it come to their end.
   */
  surplus(): OpenChunk | undefined {
    if (this.size <= ROOM.most) return undefined;
    const { share } = this;
    const chunks = [...this.byChunk.keys()].filter(({ work }) => (this.byUpload.get(work.uploadId) ?? 0) > share);
    const last = chunks.at(-1);
    if (last) this.away.set(last.work.uploadId, performance.now() + AWAY);
    return last;
  }

  /** Rows of each upload that may wait. */
  private get share(): number {
    return this.size < ROOM.shared ? ROOM.ofUpload : Math.min(ROOM.ofUpload, ROOM.shared / this.byUpload.size);
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
