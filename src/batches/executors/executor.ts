import type { Wait } from '../../platform/outbound/host.js';
import type { Row } from '../engine/row.js';

/** What an attempt at a row has found. */
export interface Found {
  /** JSON. */
  readonly result: string;
  /** It was known already and was not computed again. */
  readonly cached: boolean;
  /** Under which the result is to be found again, besides the row's own key. */
  readonly keys: readonly string[];
}

/** Whoever can answer rows. */
export interface Executor {
  /** The host that is asked; its circuit is the row's. */
  hostOf(row: Row): string;
  /** Why the host cannot be asked now; null when `run` in the same tick may go. */
  waitBefore(row: Row): Wait | null;
  /**
   * One attempt.
   * @throws OutboundFailure, AnalysisFailed, or the reason of the chunk's signal
   */
  run(row: Row): Promise<Found>;
}
