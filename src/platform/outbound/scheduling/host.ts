import type { Pool } from 'undici';
import type { OutboundFailure } from '../outbound.failure.js';
import type { Circuit } from './circuit.js';
import { CongestionWindow } from './congestion-window.js';
import type { PolitenessPolicy } from './politeness-policy.js';
import { RateBudget } from './rate-budget.js';

/** Why a host must not get a request at this moment. */
export interface Wait {
  /** `busy` and `rate`: politeness, or what it can take; `retry_after`: the host asked for it; `circuit_open`: it was failing. */
  readonly reason: 'busy' | 'rate' | 'retry_after' | 'circuit_open';
  /** After which it is worth checking again. */
  readonly milliseconds: number;
}

/** Milliseconds after which connections are made anew, so that names may move. */
const MAX_POOL_AGE_MS = 120_000;

/** Milliseconds after which a busy host may have a free slot. */
const BUSY_WAIT_MS = 20;

/** One host as this process knows it: its circuit, its connections, and the requests it gets. */
export class Host {
  private readonly pools = new Map<string, { readonly pool: Pool; readonly createdAt: number }>();
  private readonly window = new CongestionWindow();
  private readonly budgets = new Map<string, RateBudget>();
  private inFlight = 0;
  private notBefore = 0;
  private answeredAt = -Infinity;
  usedAt = performance.now();

  constructor(
    /** As in `URL.host`. */
    readonly name: string,
    readonly circuit: Circuit,
  ) {}

  /** Returns null when a request may be made now: `acquire` in the same tick takes the slot. */
  waitBefore(policy: PolitenessPolicy): Wait | null {
    const circuitMs = this.circuit.waitMs();
    if (circuitMs > 0) return { reason: 'circuit_open', milliseconds: circuitMs };
    const now = performance.now();
    if (this.notBefore > now) return { reason: 'retry_after', milliseconds: this.notBefore - now };
    if (this.window.isFull(this.inFlight) || this.inFlight >= policy.maxConcurrency) {
      return { reason: 'busy', milliseconds: BUSY_WAIT_MS };
    }
    const rateMs = this.budgetOf(policy)?.waitMs(now) ?? 0;
    return rateMs > 0 ? { reason: 'rate', milliseconds: rateMs } : null;
  }

  private budgetOf(policy: PolitenessPolicy): RateBudget | undefined {
    if (policy.maxRequestsPerSecond === Infinity) return undefined;
    let budget = this.budgets.get(policy.name);
    if (!budget) {
      budget = new RateBudget(policy);
      this.budgets.set(policy.name, budget);
    }
    return budget;
  }

  /** Takes a slot, to be given back by `release`. */
  acquire(policy: PolitenessPolicy): void {
    this.inFlight += 1;
    this.budgetOf(policy)?.spend();
  }

  release(): void {
    this.inFlight -= 1;
    this.usedAt = performance.now();
  }

  /** Records a success of one of the requests in flight. */
  recordSuccess(now: number): void {
    this.answeredAt = now;
    this.window.answered(this.inFlight);
  }

  hasAnsweredWithin(seconds: number): boolean {
    return performance.now() - this.answeredAt < seconds * 1000;
  }

  /** Sends less to a host that answers 429, and nothing for as long as its Retry-After says. */
  applyRetryAfter({ failure, retryAfter }: OutboundFailure): void {
    if (failure === 'rate_limited') this.window.refused(this.inFlight);
    if (retryAfter !== undefined) this.notBefore = Math.max(this.notBefore, performance.now() + retryAfter * 1000);
  }

  /** Returns the connections to one of its origins. */
  pool(origin: string, create: () => Pool): Pool {
    const known = this.pools.get(origin);
    const now = performance.now();
    if (known && now - known.createdAt < MAX_POOL_AGE_MS) return known.pool;
    // What is under way there ends by itself.
    void known?.pool.close().catch(() => undefined);
    const pool = create();
    this.pools.set(origin, { pool, createdAt: now });
    return pool;
  }

  get idle(): boolean {
    return this.inFlight === 0 && this.notBefore < performance.now();
  }

  close(): void {
    this.circuit.close();
    for (const { pool } of this.pools.values()) void pool.destroy().catch(() => undefined);
  }
}
