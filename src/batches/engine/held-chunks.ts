import type { LeasedChunk } from './lease.queries.js';
import type { OpenChunk } from './row.js';

/** The chunks that this worker has leased. */
export class HeldChunks {
  private readonly chunks = new Set<OpenChunk>();

  /** @param release hears of chunks that are to be given back before their rows have ended */
  constructor(private readonly release: (chunk: OpenChunk) => void) {}

  get all(): OpenChunk[] {
    return [...this.chunks];
  }

  get batchIds(): string[] {
    return [...new Set(this.all.map(({ batchId }) => batchId))];
  }

  /** Of a batch or of an upload. */
  of(id: string): OpenChunk[] {
    return this.all.filter(({ batchId, work }) => batchId === id || work.uploadId === id);
  }

  has({ batchId, number, attempt }: LeasedChunk): boolean {
    return this.of(batchId).some((chunk) => chunk.number === number && chunk.attempt === attempt);
  }

  add(chunk: OpenChunk): void {
    this.chunks.add(chunk);
  }

  /** Lets it go when nothing of it is under way. If it was done PostgreSQL has freed it already; else it is given back. */
  look(chunk: OpenChunk): void {
    if (chunk.inFlight > 0 || chunk.unsaved > 0 || (chunk.left > 0 && chunk.keeping === 'open')) return;
    if (this.chunks.delete(chunk) && chunk.keeping !== 'open') this.release(chunk);
  }

  forgetAll(): OpenChunk[] {
    const all = this.all;
    this.chunks.clear();
    return all;
  }
}
