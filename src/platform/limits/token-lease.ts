/** What was decided about one request; `reset` in seconds. */
export interface Decision {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly reset: number;
}

/** Tokens of one subject that Redis has leased to this process until the window ends. */
export class TokenLease {
  /** Requests that wait for the renewal. */
  waiters = 0;
  /** The request to Redis that is under way. */
  renewal: Promise<void> | undefined;
  private tokens = 0;
  private unleased = Infinity;
  private expiresAt = 0;

  /** Whether one more request can be decided without asking Redis. */
  get isDecisive(): boolean {
    return performance.now() < this.expiresAt && (this.tokens > 0 || this.unleased === 0);
  }

  /**
   * Replaces the lease by a new one.
   * @param unleased tokens that Redis can still lease in this window, to any process
   * @param ttlMs until the window ends
   */
  renew(tokens: number, unleased: number, ttlMs: number): void {
    this.tokens = tokens;
    this.unleased = unleased;
    this.expiresAt = performance.now() + ttlMs;
  }

  /** Takes one token, if there is one. */
  take(): Decision {
    const allowed = this.tokens > 0;
    if (allowed) this.tokens -= 1;
    const reset = Math.max(1, Math.ceil((this.expiresAt - performance.now()) / 1000));
    return { allowed, remaining: this.tokens + this.unleased, reset };
  }
}
