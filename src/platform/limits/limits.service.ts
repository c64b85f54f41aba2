import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Environment } from '../config/environment.js';
import { dependencyUnavailable } from '../errors.js';
import { REDIS } from '../redis/redis.module.js';
import { type Budget, budgetsOf, type Counter } from './budgets.js';

/** Milliseconds that Redis has to count a request; then the request goes on, or is refused, without. */
const PATIENCE = 500;

/** Milliseconds for which Redis is not asked again after it has not answered. */
const PAUSE = 1_000;

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

/** Counts requests in Redis, one script a request, so that budgets hold exactly however many processes share them. */
@Injectable()
export class LimitsService {
  private readonly logger = new Logger(LimitsService.name);
  private readonly limiters: ReadonlyMap<Counter, { budget: Budget; limiter: RateLimiterRedis }>;
  private silentUntil = 0;

  constructor(
    environment: Environment,
    @Inject(REDIS) private readonly redis: Redis,
  ) {
    this.limiters = new Map(
      [...budgetsOf(environment)].map(([counter, budget]) => [
        counter,
        { budget, limiter: limiterOf(redis, counter, budget) },
      ]),
    );
  }

  /**
   * Takes one request out of the subject's budget. Null when the counter is switched off, or when Redis is away and
   * such requests are let through.
   * @throws dependency_unavailable when Redis is away and such requests are not let through.
   */
  async take(counter: Counter, subject: string): Promise<Allowance | null> {
    const counted = this.limiters.get(counter);
    if (!counted) return null;
    const { budget, limiter } = counted;
    const now = performance.now();
    if (now < this.silentUntil) return passUncounted(budget);
    try {
      return allowanceOf(budget, await this.inTime(limiter.consume(subject)), true);
    } catch (thrown) {
      if (thrown instanceof RateLimiterRes) return allowanceOf(budget, thrown, false);
      this.silentUntil = performance.now() + PAUSE;
      this.logger.warn(`Requests are not counted: ${String(thrown)}`);
      return passUncounted(budget);
    }
  }

  /** @throws while requests cannot be counted. */
  async probe(): Promise<void> {
    if (this.limiters.size > 0) await this.inTime(this.redis.ping());
  }

  private async inTime<T>(asked: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error('Redis did not answer in time'));
      }, PATIENCE);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const limiterOf = (redis: Redis, counter: Counter, { requests, window }: Budget): RateLimiterRedis =>
  new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `facet:limits:${counter}`,
    points: requests,
    duration: window,
    // Whoever has used up the budget is refused by each process from memory: a flood does not reach Redis.
    inMemoryBlockOnConsumed: requests,
    rejectIfRedisNotReady: true,
  });

function passUncounted({ closed }: Budget): null {
  if (closed) throw dependencyUnavailable();
  return null;
}

const allowanceOf = (
  { requests, window }: Budget,
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  allowed: boolean,
): Allowance => ({
  limit: requests,
  window,
  remaining: allowed ? remainingPoints : 0,
  reset: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  allowed,
});
