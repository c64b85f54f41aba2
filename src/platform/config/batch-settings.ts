import { OutboundSettings } from './outbound-settings.js';
import { WholeNumber } from './setting-rules.js';

/** How batches of URLs are worked on. */
export class BatchSettings extends OutboundSettings {
  /** Rows of batches that this process asks for at once, over all chunks. */
  @WholeNumber(1, 4096)
  readonly BATCH_CONCURRENCY: number = 64;

  /** Seconds for which the same question of the same owner is answered by an earlier result; 0 asks every time. */
  @WholeNumber(0, 31_536_000)
  readonly CACHE_TTL: number = 3600;
}
