import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/environment.js';
import { dependencyUnavailable } from '../errors.js';
import { withTimeout } from '../timeouts/with-timeout.js';
import { REDIS } from '../redis/redis.module.js';
import { limitDefinitions } from './define-limit.js';
import { type Decision, TokenLease } from './token-lease.js';

/** Time that Redis has to count a request; after it the request is let through or refused uncounted. */
const REDIS_TIMEOUT_MS = 500;

/** Time for which Redis is not asked again after it has failed. */
const REDIS_PAUSE_MS = 1_000;

/** Subjects whose leases a process holds. The least recently used is dropped; its unused tokens are lost until the window ends. */
const MAX_LEASES = 20_000;

/** ARGV: budget, milliseconds of the window, tokens wanted. Returns tokens leased, tokens left, milliseconds left. */
const LEASE_SCRIPT = `
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
local granted = math.min(tonumber(ARGV[3]), math.max(tonumber(ARGV[1]) - used, 0))
if used == 0 then redis.call('SET', KEYS[1], granted, 'PX', ARGV[2]) else redis.call('INCRBY', KEYS[1], granted) end
return { granted, math.max(tonumber(ARGV[1]) - used - granted, 0), redis.call('PTTL', KEYS[1]) }`;

interface Budget {
  /** Requests of one subject in a window. */
  readonly requests: number;
  /** Seconds. */
  readonly window: number;
  readonly closed: boolean;
}

/** What a subject may still do in this window. */
export interface Allowance {
  readonly limit: number;
  /** Seconds. */
  readonly window: number;
  readonly remaining: number;
  /** Seconds until the window ends and the budget is whole again. */
  readonly reset: number;
  readonly allowed: boolean;
}

/**
 * Counts requests in Redis, where one script leases tokens, so that no budget is ever exceeded, however many processes
 * share it. Of a large budget a process leases a thousandth at once, and renews the lease when that is used up.
 */
@Injectable()
export class LimitsService {
  private readonly logger = new Logger(LimitsService.name);
  private readonly budgets: ReadonlyMap<string, Budget>;
  private readonly leases = new LRUCache<string, TokenLease>({ max: MAX_LEASES });
  private pausedUntil = 0;

  constructor(
    environment: Environment,
    @Inject(REDIS) private readonly redis: Redis,
  ) {
    this.budgets = budgetsIn(environment);
  }

  /**
   * Takes one request out of the subject's budget. Returns null when the counter is switched off, or when Redis is away
   * and such requests are let through.
   * @throws dependency_unavailable when Redis is away and such requests are not let through.
   */
  async take(counter: string, subject: string): Promise<Allowance | null> {
    const budget = this.budgets.get(counter);
    if (!budget) return null;
    const key = `facet:limits:${counter}:${subject}`;
    const lease = this.leaseOf(key);
    const decision = lease.isDecisive ? lease.take() : await this.takeAfterRenewal(lease, key, budget);
    return decision ? { limit: budget.requests, window: budget.window, ...decision } : passUncounted(budget);
  }

  /** @throws while requests cannot be counted. */
  async probe(): Promise<void> {
    if (this.budgets.size > 0) await withTimeout(this.redis.ping(), REDIS_TIMEOUT_MS);
  }

  private leaseOf(key: string): TokenLease {
    let lease = this.leases.get(key);
    if (!lease) {
      lease = new TokenLease();
      this.leases.set(key, lease);
    }
    return lease;
  }

  /** Returns null when Redis does not answer. All that wait for one renewal are counted in one step. */
  private async takeAfterRenewal(lease: TokenLease, key: string, budget: Budget): Promise<Decision | null> {
    lease.waiters += 1;
    try {
      while (!lease.isDecisive) {
        if (performance.now() < this.pausedUntil) return null;
        lease.renewal ??= this.renew(lease, key, budget);
        await lease.renewal;
      }
      return lease.take();
    } catch (error) {
      if (performance.now() >= this.pausedUntil) {
        this.logger.warn(`Redis does not count requests; retrying in ${REDIS_PAUSE_MS / 1000} s: ${String(error)}`);
      }
      this.pausedUntil = performance.now() + REDIS_PAUSE_MS;
      return null;
    } finally {
      lease.waiters -= 1;
    }
  }

  private async renew(lease: TokenLease, key: string, { requests, window, closed }: Budget): Promise<void> {
    // Tokens of a closed budget must not outlive Redis: no sign-in on what was leased before it went away.
    const share = closed ? 1 : Math.max(1, Math.floor(requests / 1000));
    try {
      const wanted = Math.max(share, lease.waiters);
      const answer = await withTimeout(
        this.redis.eval(LEASE_SCRIPT, 1, key, requests, window * 1000, wanted),
        REDIS_TIMEOUT_MS,
      );
      const [tokens, unleased, ttlMs] = answer as [number, number, number];
      lease.renew(tokens, unleased, ttlMs);
    } finally {
      lease.renewal = undefined;
    }
  }
}

/** By the name of the limit; those that are switched off with 0 are not in it. */
function budgetsIn(environment: Environment): Map<string, Budget> {
  const all = limitDefinitions().map(({ name, requests, windowSeconds: window, closed }) => {
    const budget: Budget = { requests: requests(environment), window, closed };
    return [name, budget] as const;
  });
  return new Map(all.filter(([, { requests }]) => requests > 0));
}

function passUncounted({ closed }: Budget): null {
  if (closed) throw dependencyUnavailable();
  return null;
}
