import type { JsonBounds } from '../http/bounds/json-bounds.js';
import { BatchSettings } from './batch-settings.js';
import { WholeNumber } from './setting-rules.js';

/** Characters of the name of a member in JSON that a caller sends. */
const MAX_NAME_LENGTH = 200;

/** How much work one request may make before it is known whether it is valid. */
export class RequestSettings extends BatchSettings {
  /** Levels of arrays and objects in JSON that a caller sends. */
  @WholeNumber(1, 1000)
  readonly MAX_JSON_DEPTH: number = 32;

  /** Members of objects and elements of arrays in one piece of JSON that a caller sends, all levels together. */
  @WholeNumber(1, 1_000_000)
  readonly MAX_JSON_VALUES: number = 2000;

  /** Parameters of one query, and fields of one form. */
  @WholeNumber(1, 10_000)
  readonly MAX_PARAMETERS: number = 100;

  /** Seconds within which a body has to end or to bring 32 KiB more; a slower one is answered 408. */
  @WholeNumber(1, 3600)
  readonly BODY_TIMEOUT: number = 30;

  get jsonBounds(): JsonBounds {
    return { depth: this.MAX_JSON_DEPTH, values: this.MAX_JSON_VALUES, nameLength: MAX_NAME_LENGTH };
  }
}
