import type { RETRY_STRATEGIES } from '../../config/outbound-settings.js';

type RetryStrategy = (typeof RETRY_STRATEGIES)[number];

export interface RetryPolicy {
  readonly strategy: RetryStrategy;
  /** Seconds that the strategy multiplies. */
  readonly delaySeconds: number;
  /** Seconds that a wait has at most. */
  readonly maxDelaySeconds: number;
}

/** Returns the factor of the delay after the failure of try `attempt`, from 1. */
const multiple: Readonly<Record<RetryStrategy, (attempt: number) => number>> = {
  exponential: (attempt) => 2 ** (attempt - 1),
  linear: (attempt) => attempt,
  fibonacci,
  fixed: () => 1,
};

/** Returns the seconds before the try after `attempt`, without jitter: 1, 2, 4 …; 1, 2, 3 …; 1, 1, 2, 3 …; 1, 1 … delays. */
export const plannedDelay = ({ strategy, delaySeconds, maxDelaySeconds }: RetryPolicy, attempt: number): number =>
  Math.min(maxDelaySeconds, delaySeconds * multiple[strategy](attempt));

/**
 * Returns the milliseconds to wait before the try after `attempt`. Full jitter: any moment up to the planned one is as likely, so
 * that rows which failed together do not come back together (Brooker, Exponential Backoff and Jitter, 2015). A
 * Retry-After, in seconds, is kept to the full and the jitter is added to it.
 */
export const retryDelay = (
  policy: RetryPolicy,
  attempt: number,
  retryAfter = 0,
  random: () => number = Math.random,
): number => 1000 * (retryAfter + random() * plannedDelay(policy, attempt));

function fibonacci(attempt: number): number {
  let [last, next] = [1, 1];
  // 78 is the last number that a double holds exactly; every cap is far below it.
  for (let step = 1; step < Math.min(attempt, 78); step += 1) [last, next] = [next, last + next];
  return last;
}
