import { Logger } from '@nestjs/common';
import { OutboundFailure } from '../../platform/outbound/outbound.failure.js';
import type { OutboundService } from '../../platform/outbound/outbound.service.js';
import type { Executor, Found } from '../executors/executor.js';
import { AnalysisFailed } from '../executors/analysis-failed.js';
import type { Ending, Row } from './row.js';

/** What becomes of a row after an attempt. */
export type Outcome =
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'again'; readonly milliseconds: number }
  /** Its host has named the time, and answers others meanwhile. */
  | { readonly kind: 'put_off'; readonly milliseconds: number }
  /** Its circuit has opened meanwhile; nothing was asked. */
  | { readonly kind: 'blocked'; readonly milliseconds: number }
  | { readonly kind: 'dropped' };

/** Milliseconds to wait for a circuit that does not say how long. */
const UNKNOWN_WAIT_MS = 1_000;

/** Makes one attempt at a row and classifies its outcome. */
export class Attempts {
  private readonly logger = new Logger(Attempts.name);

  constructor(private readonly outbound: OutboundService) {}

  async make(row: Row, executor: Executor): Promise<Outcome> {
    const host = executor.hostOf(row);
    if (row.tries > 0) this.outbound.countRetry(host, row.chunk.work.ownerId, 'attempt');
    row.tries += 1;
    const started = performance.now();
    try {
      const found = await executor.run(row);
      if (row.tries > 1) this.outbound.countRetry(host, row.chunk.work.ownerId, 'success');
      return { kind: 'ended', ending: succeeded(row, found, secondsSince(started)) };
    } catch (error) {
      return this.classify(row, host, error, secondsSince(started));
    }
  }

  private classify(row: Row, host: string, error: unknown, duration: number): Outcome {
    if (row.chunk.signal.aborted) return { kind: 'dropped' };
    if (error instanceof AnalysisFailed) {
      return { kind: 'ended', ending: failed(row, { class: error.errorClass, message: error.message }, duration) };
    }
    if (!(error instanceof OutboundFailure)) return this.unforeseen(row, error, duration);
    if (error.failure === 'circuit_open') {
      row.tries -= 1;
      return { kind: 'blocked', milliseconds: error.retryAfter ? error.retryAfter * 1000 : UNKNOWN_WAIT_MS };
    }
    const isPutOff = this.isPutOff(row, host, error);
    if (isPutOff) row.refusals = (row.refusals ?? 0) + 1;
    const milliseconds = this.outbound.retryDelay(error, triesThatCount(row));
    if (milliseconds !== null) return { kind: isPutOff ? 'put_off' : 'again', milliseconds };
    if (row.tries > 1) this.outbound.countRetry(host, row.chunk.work.ownerId, 'gave_up');
    return { kind: 'ended', ending: failed(row, { class: error.failure, message: error.message }, duration) };
  }

  /** A host that limits its rate and is obeyed takes no tries away, for as long as the patience lasts. */
  private isPutOff(row: Row, host: string, { retryAfter }: OutboundFailure): boolean {
    if (!retryAfter || !this.outbound.answersLately(host)) return false;
    row.waitingSince ??= performance.now();
    return performance.now() - row.waitingSince < this.outbound.circuitPatienceSeconds * 1000;
  }

  /** Trouble of our own, a full disk for example, which another attempt may not meet. */
  private unforeseen(row: Row, error: unknown, duration: number): Outcome {
    this.logger.error({ message: 'A row failed in an unforeseen way', err: error });
    const failure = { class: 'analysis_failed', message: 'The row could not be worked on.' } as const;
    const milliseconds = this.outbound.retryDelay(new OutboundFailure('timeout', failure.message), triesThatCount(row));
    if (milliseconds !== null) return { kind: 'again', milliseconds };
    return { kind: 'ended', ending: failed(row, failure, duration) };
  }
}

export const failed = (row: Row, failure: NonNullable<Ending['failure']>, duration: number): Ending => ({
  attempts: row.tries,
  cached: false,
  duration,
  result: null,
  failure,
  keys: [],
});

const succeeded = (row: Row, { result, cached, keys }: Found, duration: number): Ending => ({
  attempts: row.tries,
  cached,
  duration,
  result,
  failure: null,
  keys: row.key === null ? keys : [row.key, ...keys],
});

/** Answered by what another row has found. */
export const answered = (row: Row, result: string): Ending => ({
  attempts: row.tries,
  cached: true,
  duration: 0,
  result,
  failure: null,
  keys: [],
});

const triesThatCount = ({ tries, refusals = 0 }: Row): number => tries - refusals;

const secondsSince = (started: number): number => (performance.now() - started) / 1000;
