import { JobSettings } from './job-settings.js';
import { WholeNumber } from './setting-rules.js';

/** How batches of URLs are taken in and worked on. */
export class BatchSettings extends JobSettings {
  /** Bytes of one uploaded CSV at most. */
  @WholeNumber(1, Number.MAX_SAFE_INTEGER)
  readonly MAX_UPLOAD_SIZE: number = 104_857_600;

  /** Rows of a batch; a CSV with more is split into several. */
  @WholeNumber(1, 10_000_000)
  readonly MAX_BATCH_SIZE: number = 5000;

  /** Rows that a worker leases at once, where an upload does not say. */
  @WholeNumber(1, 10_000)
  readonly CHUNK_SIZE: number = 100;

  /** Rows of batches that this process asks for at once, over all chunks. */
  @WholeNumber(1, 4096)
  readonly BATCH_CONCURRENCY: number = 64;

  /** Seconds for which the same question of the same owner is answered by an earlier result; 0 asks every time. */
  @WholeNumber(0, 31_536_000)
  readonly CACHE_TTL: number = 3600;
}
