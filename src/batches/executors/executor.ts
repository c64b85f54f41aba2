import type { Wait } from '../../platform/outbound/scheduling/host.js';
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

/** Produces the results of rows. */
export interface Executor {
  /** Returns the host that gets the row's request, and whose circuit it depends on. */
  hostOf(row: Row): string;
  /** Returns why the host must not get the row's request now; null when `run` may be called in the same tick. */
  waitBefore(row: Row): Wait | null;
  /**
   * One attempt.
   * @throws OutboundFailure, AnalysisFailed, or the reason of the chunk's signal
   */
  run(row: Row): Promise<Found>;
}
