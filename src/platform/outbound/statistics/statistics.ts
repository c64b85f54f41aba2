import { Injectable } from '@nestjs/common';
import { bucketOf } from './latency-histogram.js';
import { OutboundFailure } from '../outbound.failure.js';

/** The counts of one owner and one host since they were last collected. */
export interface Tally {
  readonly host: string;
  readonly ownerId: string | null;
  requests: number;
  failures: number;
  timeouts: number;
  rejects: number;
  attempts: number;
  successes: number;
  gaveUp: number;
  /** Exchanges by bucket of their duration. */
  readonly latency: Map<number, number>;
}

export type RetryEvent = 'attempt' | 'success' | 'gave_up';

/** Tallies that are kept while they cannot be collected; later ones are not counted. */
const MAX_TALLIES = 10_000;

/** Counts requests by host and owner until `collect` is called. */
@Injectable()
export class Statistics {
  private tallies = new Map<string, Tally>();

  /** @param milliseconds that the exchange took. */
  answered(host: string, ownerId: string | null, milliseconds: number): void {
    const tally = this.of(host, ownerId);
    tally.requests += 1;
    const bucket = bucketOf(milliseconds);
    tally.latency.set(bucket, (tally.latency.get(bucket) ?? 0) + 1);
  }

  failed(host: string, ownerId: string | null, milliseconds: number, error: unknown): void {
    // A request that the caller gave up says nothing about the host.
    if (!(error instanceof OutboundFailure)) return;
    this.answered(host, ownerId, milliseconds);
    const tally = this.of(host, ownerId);
    tally.failures += 1;
    if (error.failure === 'timeout') tally.timeouts += 1;
  }

  rejected(host: string, ownerId: string | null): void {
    this.of(host, ownerId).rejects += 1;
  }

  retried(host: string, ownerId: string | null, what: RetryEvent): void {
    const tally = this.of(host, ownerId);
    if (what === 'attempt') tally.attempts += 1;
    else if (what === 'success') tally.successes += 1;
    else tally.gaveUp += 1;
  }

  private of(host: string, ownerId: string | null): Tally {
    const key = `${ownerId ?? ''} ${host}`;
    const known = this.tallies.get(key);
    if (known) return known;
    const tally = { ...NOTHING, host, ownerId, latency: new Map<number, number>() };
    if (this.tallies.size < MAX_TALLIES) this.tallies.set(key, tally);
    return tally;
  }

  /** Returns at most `max` tallies, the oldest first, and starts them anew. */
  collect(max: number): Tally[] {
    const collected: Tally[] = [];
    for (const [key, tally] of this.tallies) {
      if (collected.length === max) break;
      collected.push(tally);
      this.tallies.delete(key);
    }
    return collected;
  }
}

const NOTHING = { requests: 0, failures: 0, timeouts: 0, rejects: 0, attempts: 0, successes: 0, gaveUp: 0 } as const;
