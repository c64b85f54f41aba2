import CircuitBreaker from 'opossum';
import type { EventEmitter } from 'node:events';
import { isUnhealthy, OutboundFailure } from '../outbound.failure.js';

export type CircuitState = 'closed' | 'half_open' | 'open';

export interface CircuitRules {
  /** Share of failures above which the circuit opens. */
  readonly failurePercent: number;
  /** Requests within the window below which it never opens. */
  readonly minRequests: number;
  /** Seconds over which both are counted. */
  readonly windowSeconds: number;
  /** Seconds for which it stays open before it lets one request through. */
  readonly resetSeconds: number;
}

/** Buckets into which the window is divided. */
export const WINDOW_BUCKETS = 10;

/** Milliseconds after which it is worth checking what the probe of a half-open circuit has found. */
const PROBE_WAIT_MS = 100;

type Outcome = () => Promise<unknown>;

/** The circuit breaker of one host, which keeps requests from a host that fails most of them. */
export class Circuit {
  private readonly breaker: CircuitBreaker<[Outcome]>;
  private opensUntil = 0;

  /** @param rotation emits `rotate` whenever a bucket of the window ends; one timer serves all circuits. */
  constructor(rules: CircuitRules, rotation: EventEmitter) {
    this.breaker = new CircuitBreaker((outcome: Outcome) => outcome(), {
      timeout: false,
      errorThresholdPercentage: rules.failurePercent,
      volumeThreshold: rules.minRequests,
      rollingCountTimeout: rules.windowSeconds * 1000,
      rollingCountBuckets: WINDOW_BUCKETS,
      rollingPercentilesEnabled: false,
      resetTimeout: rules.resetSeconds * 1000,
      enableSnapshots: false,
      rotateBucketController: rotation,
      errorFilter: (error: unknown) => !this.countsAgainstHost(error),
    });
    this.breaker.on('open', () => {
      this.opensUntil = performance.now() + rules.resetSeconds * 1000;
    });
  }

  get state(): CircuitState {
    if (this.breaker.closed) return 'closed';
    return this.breaker.opened ? 'open' : 'half_open';
  }

  /** Returns the milliseconds after which it is worth checking again; 0 when a request may be made now. */
  waitMs(): number {
    if (this.breaker.closed || this.breaker.pendingClose) return 0;
    return this.breaker.opened ? Math.max(1, this.opensUntil - performance.now()) : PROBE_WAIT_MS;
  }

  /**
   * Makes a request and learns from its outcome. Only when `waitMs` is 0.
   * @returns what `call` returns
   */
  run<T>(call: () => Promise<T>): Promise<T> {
    if (!this.breaker.closed) return this.breaker.fire(call) as Promise<T>;
    return call().then(this.recordSuccess, this.recordFailure);
  }

  // The breaker is told of an outcome, not of a call: many are under way when the circuit opens, and what becomes of
  // those must neither close it nor open it again. The one request that it lets through decides.
  private readonly recordSuccess = <T>(result: T): T | Promise<T> =>
    this.breaker.closed ? (this.breaker.fire(() => Promise.resolve(result)) as Promise<T>) : result;

  private readonly recordFailure = (error: Error): Promise<never> => {
    const failure = () => Promise.reject(error);
    return this.breaker.closed ? (this.breaker.fire(failure) as Promise<never>) : failure();
  };

  close(): void {
    this.breaker.shutdown();
  }

  private countsAgainstHost(error: unknown): boolean {
    // A host that names the time of its return is waited for and not given up.
    if (error instanceof OutboundFailure) return isUnhealthy(error.failure) && error.retryAfter === undefined;
    // The caller gave up: nothing was learnt, and a half-open circuit has to go on waiting.
    return this.breaker.halfOpen;
  }
}
