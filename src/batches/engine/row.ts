import { setMaxListeners } from 'node:events';
import type { BatchAnalyzer, ErrorClass } from '../batches.entity.js';

/** What an upload wants done with each of its rows. */
export interface Work {
  readonly uploadId: string;
  readonly ownerId: string;
  readonly analyzer: BatchAnalyzer;
  readonly features: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** How long a chunk stays with this worker: `closing` lets what is in flight end, `dropped` has no use for it. */
type Keeping = 'open' | 'closing' | 'dropped';

/** A chunk that this worker has leased. */
export class OpenChunk {
  keeping: Keeping = 'open';
  /** Rows that are being asked for. */
  inFlight = 0;
  /** Rows that have ended and are not yet written. */
  unsaved = 0;
  /** Rows without an end. */
  left = 0;
  private readonly controller = new AbortController();

  constructor(
    readonly batchId: string,
    readonly number: number,
    /** Of the lease: the fence. */
    readonly attempt: number,
    readonly work: Work,
  ) {
    setMaxListeners(0, this.controller.signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Nobody waits for its rows any more. */
  drop(): void {
    this.keeping = 'dropped';
    this.controller.abort();
  }
}

/** A row that this worker is to bring to its end. */
export interface Row {
  readonly chunk: OpenChunk;
  readonly rowNumber: number;
  /** Normalised. */
  readonly url: string;
  /** Where its URL points. */
  readonly host: string;
  /** Under which its answer is found again; null while there is no cache. */
  readonly key: string | null;
  /** Attempts so far. */
  tries: number;
  /** Whether PostgreSQL has its end. */
  stored?: boolean;
  /** Those of them that its host refused and named a time for, while it answered others. */
  refusals?: number;
  /** When it began to wait for an open circuit, or for such a host, in milliseconds of `performance.now()`. */
  waitingSince: number | null;
}

/** A row of which nothing is left but its number. */
export const missingRow = (chunk: OpenChunk, rowNumber: number): Row => ({
  chunk,
  rowNumber,
  url: '',
  host: '(unknown)',
  key: null,
  tries: 0,
  waitingSince: null,
});

/** How a row ended. */
export interface Ending {
  readonly attempts: number;
  readonly cached: boolean;
  /** Seconds of the last attempt. */
  readonly duration: number;
  /** JSON; null when it failed. */
  readonly result: string | null;
  readonly failure: { readonly class: ErrorClass; readonly message: string } | null;
  /** Under which the result is to be found again. */
  readonly keys: readonly string[];
}

/** The same for every attempt at a row, whoever makes it. */
export const idempotencyKeyOf = ({ chunk, rowNumber }: Row): string => `${chunk.batchId}-${rowNumber}`;
