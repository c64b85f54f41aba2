import type { Pool } from 'undici';
import type { Circuit } from './circuit.js';
import { CongestionWindow } from './congestion-window.js';
import type { OutboundFailure } from './outbound.failure.js';

/** Whom a request serves. `image`: a stranger's host, to which politeness is owed; `ai`: the operator's own. */
export type Serves = 'image' | 'ai';

export interface Courtesy {
  /** Requests at once. */
  readonly concurrency: number;
  /** Requests a second. */
  readonly rate: number;
}

/** Why a host cannot be asked at this moment. */
export interface Wait {
  /** `busy` and `rate`: politeness, or what it can take; `retry_after`: the host asked for it; `circuit_open`: it was failing. */
  readonly reason: 'busy' | 'rate' | 'retry_after' | 'circuit_open';
  /** After which it is worth looking again. */
  readonly milliseconds: number;
}

/** Milliseconds after which connections are made anew, so that names may move. */
const POOL_AGE = 120_000;

/** Milliseconds after which a busy host may have a place. */
const BUSY_PAUSE = 20;

/** One host as this process knows it: its circuit, its connections, and how much it is asked. */
export class Host {
  private readonly pools = new Map<string, { readonly pool: Pool; readonly madeAt: number }>();
  private readonly window = new CongestionWindow();
  private inFlight = 0;
  private notBefore = 0;
  private answeredAt = -Infinity;
  /** Requests that may be made at once out of what was not used before. */
  private credit: number;
  private creditAt = performance.now();
  usedAt = performance.now();

  constructor(
    readonly name: string,
    readonly circuit: Circuit,
    private readonly courtesy: Courtesy,
  ) {
    this.credit = courtesy.concurrency;
  }

  /** Null when it may be asked now. */
  wait(serves: Serves): Wait | null {
    const closed = this.circuit.wait();
    if (closed > 0) return { reason: 'circuit_open', milliseconds: closed };
    const now = performance.now();
    if (this.notBefore > now) return { reason: 'retry_after', milliseconds: this.notBefore - now };
    if (this.window.isFull(this.inFlight)) return { reason: 'busy', milliseconds: BUSY_PAUSE };
    if (serves === 'ai') return null;
    if (this.inFlight >= this.courtesy.concurrency) return { reason: 'busy', milliseconds: BUSY_PAUSE };
    this.earn(now);
    if (this.credit >= 1) return null;
    return { reason: 'rate', milliseconds: Math.ceil(((1 - this.credit) * 1000) / this.courtesy.rate) };
  }

  private earn(now: number): void {
    const earned = ((now - this.creditAt) * this.courtesy.rate) / 1000;
    this.credit = Math.min(this.courtesy.concurrency, this.credit + earned);
    this.creditAt = now;
  }

  /** Takes a place, to be given back by `leave`. */
  enter(serves: Serves): void {
    this.inFlight += 1;
    if (serves === 'image') this.credit -= 1;
  }

  leave(): void {
    this.inFlight -= 1;
    this.usedAt = performance.now();
  }

  /** One of those in flight has got what it asked for. */
  answered(now: number): void {
    this.answeredAt = now;
    this.window.answered(this.inFlight);
  }

  answeredWithin(seconds: number): boolean {
    return performance.now() - this.answeredAt < seconds * 1000;
  }

  /** Asks less of a host that refuses, and leaves it alone for as long as it asked to be. */
  heed({ failure, retryAfter }: OutboundFailure): void {
    if (failure === 'rate_limited') this.window.refused(this.inFlight);
    if (retryAfter !== undefined) this.notBefore = Math.max(this.notBefore, performance.now() + retryAfter * 1000);
  }

  pool(origin: string, make: () => Pool): Pool {
    const known = this.pools.get(origin);
    const now = performance.now();
    if (known && now - known.madeAt < POOL_AGE) return known.pool;
    // What is under way there ends by itself.
    void known?.pool.close().catch(() => undefined);
    const pool = make();
    this.pools.set(origin, { pool, madeAt: now });
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
