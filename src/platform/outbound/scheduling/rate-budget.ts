import type { PolitenessPolicy } from './politeness-policy.js';

/**
 * Requests that may be made to one host under one policy: a token bucket as large as the policy's concurrency, or as the
 * requests of a second when that is unlimited.
 */
export class RateBudget {
  private readonly burst: number;
  private credit: number;
  private creditedAt = performance.now();

  constructor(private readonly policy: PolitenessPolicy) {
    const { maxConcurrency, maxRequestsPerSecond } = policy;
    this.burst = Number.isFinite(maxConcurrency) ? maxConcurrency : Math.max(1, maxRequestsPerSecond);
    this.credit = this.burst;
  }

  /** Returns the milliseconds until a request may be made; 0 when one may be made now. */
  waitMs(now: number): number {
    const { maxRequestsPerSecond } = this.policy;
    const earned = ((now - this.creditedAt) * maxRequestsPerSecond) / 1000;
    this.credit = Math.min(this.burst, this.credit + earned);
    this.creditedAt = now;
    return this.credit >= 1 ? 0 : Math.ceil(((1 - this.credit) * 1000) / maxRequestsPerSecond);
  }

  spend(): void {
    this.credit -= 1;
  }
}
