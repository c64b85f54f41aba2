import { RequestSettings } from './request-settings.js';
import { WholeNumber } from './setting-rules.js';

/** How much of the disk uploads may take. */
export class StorageSettings extends RequestSettings {
  /** Bytes that uploads leave free where the files are; 0 lets them fill the disk. */
  @WholeNumber(0, Number.MAX_SAFE_INTEGER)
  readonly MIN_FREE_SPACE: number = 268_435_456;
}
