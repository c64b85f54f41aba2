import type { MediaType } from '../../../src/media/media-type/media-type.js';
import type { Bases } from './bases.js';
import type { Random } from './random.js';

/** A file that means no good. */
export interface HostileCase {
  /** What was done to it; no two cases share it. */
  readonly name: string;
  /** As the sender calls it. */
  readonly filename: string;
  readonly bytes: Buffer;
  /** What it was made from, or pretends to be. */
  readonly base: MediaType;
}

export type Makes = (bases: Bases, random: Random) => Iterable<HostileCase>;

export const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const POWERPOINT = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
