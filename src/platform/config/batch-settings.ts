import { OutboundSettings } from './outbound-settings.js';
import { WholeNumber } from './setting-rules.js';

/** How batches of URLs are worked on. */
export class BatchSettings extends OutboundSettings {
  /** Rows of batches that this process asks for at once, over all chunks. */
  @WholeNumber(1, 4096)
  readonly BATCH_CONCURRENCY: number = 64;

  /** Seconds after which a worker that gives no sign of life has lost its chunks to others. */
  @WholeNumber(2, 300)
  readonly BATCH_LEASE: number = 10;

  /** Seconds for which the same question of the same owner is answered by an earlier result; 0 asks every time. */
  @WholeNumber(0, 31_536_000)
  readonly CACHE_TTL: number = 3600;
}
