import CircuitBreaker from 'opossum';
import type { EventEmitter } from 'node:events';
import { isUnhealthy, OutboundFailure } from './outbound.failure.js';

export type CircuitState = 'closed' | 'half_open' | 'open';

export interface CircuitRules {
  /** Share of failures, in percent, above which the circuit opens. */
  readonly failures: number;
  /** Exchanges within the window below which it never opens. */
  readonly volume: number;
  /** Seconds over which both are counted. */
  readonly window: number;
  /** Seconds for which it stays open before it lets one exchange through. */
  readonly reset: number;
}

/** Parts into which the window is divided. */
export const WINDOW_PARTS = 10;

/** Milliseconds after which it is worth asking again what the one exchange of a half-open circuit has found. */
const PROBE_PAUSE = 100;

/** The circuit breaker of one host, which keeps calls from a host that fails most of them. */
export class Circuit {
  private readonly breaker: CircuitBreaker<[() => Promise<unknown>]>;
  private opensUntil = 0;

  /** @param rotation emits `rotate` as often as a part of the window ends; one timer serves all circuits. */
  constructor(rules: CircuitRules, rotation: EventEmitter) {
    this.breaker = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
      timeout: false,
      errorThresholdPercentage: rules.failures,
      volumeThreshold: rules.volume,
      rollingCountTimeout: rules.window * 1000,
      rollingCountBuckets: WINDOW_PARTS,
      rollingPercentilesEnabled: false,
      resetTimeout: rules.reset * 1000,
      enableSnapshots: false,
      rotateBucketController: rotation,
      errorFilter: (error: unknown) => !this.speaksAgainstHost(error),
    });
    this.breaker.on('open', () => {
      this.opensUntil = performance.now() + rules.reset * 1000;
    });
  }

  get state(): CircuitState {
    if (this.breaker.closed) return 'closed';
    return this.breaker.opened ? 'open' : 'half_open';
  }

  /** Milliseconds after which it is worth asking again; 0 when an exchange may be made now. */
  wait(): number {
    if (this.breaker.closed || this.breaker.pendingClose) return 0;
    return this.breaker.opened ? Math.max(1, this.opensUntil - performance.now()) : PROBE_PAUSE;
  }

  /** Makes an exchange and learns from it. Only when `wait` is 0. */
  run<T>(call: () => Promise<T>): Promise<T> {
    if (!this.breaker.closed) return this.breaker.fire(call) as Promise<T>;
    return call().then(this.succeeded, this.failed);
  }

  /** A closed circuit stays closed by a success, so there is nothing to decide: it is entered into the breaker's numbers. */
  private readonly succeeded = <T>(answer: T): T => {
    const [current] = this.breaker.status.window;
    if (current) {
      current.fires += 1;
      current.successes += 1;
    }
    return answer;
  };

  /** What failed is for the breaker to judge, unless it has opened meanwhile: then the one exchange it lets through decides. */
  private readonly failed = (error: Error): Promise<never> => {
    const failure = () => Promise.reject(error);
    return this.breaker.closed ? (this.breaker.fire(failure) as Promise<never>) : failure();
  };

  close(): void {
    this.breaker.shutdown();
  }

  private speaksAgainstHost(error: unknown): boolean {
    // A host that names the time of its return is waited for and not given up.
    if (error instanceof OutboundFailure) return isUnhealthy(error.failure) && error.retryAfter === undefined;
    // The caller gave up: nothing was learnt, and a half-open circuit has to go on waiting.
    return this.breaker.halfOpen;
  }
}
