import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Environment } from '../config/environment.js';
import { dependencyUnavailable } from '../errors.js';
import { inTime } from '../in-time.js';
import { REDIS } from '../redis/redis.module.js';
import { limitDefinitions } from './define-limit.js';
import { Purse, type Spent } from './purse.js';

/** Milliseconds that Redis has to count a request; then the request goes on, or is refused, without. */
const PATIENCE = 500;

/** Milliseconds for which Redis is not asked again after it has not answered. */
const PAUSE = 1_000;

/** Subjects whose grants a process remembers; of one that is forgotten, what was left is lost to it. */
const PURSES = 20_000;

/** ARGV: budget, milliseconds of the window, requests wanted. Answers granted, still to be granted, milliseconds left. */
const GRANT = `
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
 * Counts requests in Redis, where grants are taken by one script, so that no budget is ever exceeded, however many
 * processes share it. Of a large budget a process is granted a thousandth at once, and asks again when that is used up.
 */
@Injectable()
export class LimitsService {
  private readonly logger = new Logger(LimitsService.name);
  private readonly budgets: ReadonlyMap<string, Budget>;
  private readonly purses = new Map<string, Purse>();
  private silentUntil = 0;

  constructor(
    environment: Environment,
    @Inject(REDIS) private readonly redis: Redis,
  ) {
    this.budgets = budgetsIn(environment);
  }

  /**
   * Takes one request out of the subject's budget. Null when the counter is switched off, or when Redis is away and
   * such requests are let through.
   * @throws dependency_unavailable when Redis is away and such requests are not let through.
   */
  async take(counter: string, subject: string): Promise<Allowance | null> {
    const budget = this.budgets.get(counter);
    if (!budget) return null;
    const key = `facet:limits:${counter}:${subject}`;
    const purse = this.purseOf(key);
    const spent = purse.decides ? purse.spend() : await this.spendWhenFilled(purse, key, budget);
    return spent ? { limit: budget.requests, window: budget.window, ...spent } : passUncounted(budget);
  }

  /** @throws while requests cannot be counted. */
  async probe(): Promise<void> {
    if (this.budgets.size > 0) await inTime(PATIENCE, this.redis.ping());
  }

  private purseOf(key: string): Purse {
    const known = this.purses.get(key);
    if (known) return known;
    const purse = new Purse();
    this.purses.set(key, purse);
    const [oldest] = this.purses.keys();
    if (this.purses.size > PURSES && oldest !== undefined) this.purses.delete(oldest);
    return purse;
  }

  /** Waits until the purse can tell; null when Redis does not answer. Who waits together is counted in one step. */
  private async spendWhenFilled(purse: Purse, key: string, budget: Budget): Promise<Spent | null> {
    purse.waiting += 1;
    try {
      while (!purse.decides) {
        if (performance.now() < this.silentUntil) return null;
        purse.filling ??= this.fill(purse, key, budget);
        await purse.filling;
      }
      return purse.spend();
    } catch (error) {
      if (performance.now() >= this.silentUntil) this.logger.warn(`Requests are not counted: ${String(error)}`);
      this.silentUntil = performance.now() + PAUSE;
      return null;
    } finally {
      purse.waiting -= 1;
    }
  }

  private async fill(purse: Purse, key: string, { requests, window, closed }: Budget): Promise<void> {
    // Nobody may log in on what was granted before Redis went away.
    const share = closed ? 1 : Math.max(1, Math.floor(requests / 1000));
    try {
      const wanted = Math.max(share, purse.waiting);
      const answer = await inTime(PATIENCE, this.redis.eval(GRANT, 1, key, requests, window * 1000, wanted));
      const [granted, beyond, lasts] = answer as [number, number, number];
      purse.fill(granted, beyond, lasts);
    } finally {
      purse.filling = undefined;
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
