import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { dependencyUnavailable } from '../../platform/errors.js';
import { networkOf } from '../../platform/limits/subject.js';
import { REDIS } from '../../platform/redis/redis.module.js';
import { KeyRing } from '../tokens/key-ring.js';
import { loginLocked } from './lockout.errors.js';
import { AT_ONCE, KNOWN, POLICIES, UNDER_WAY } from './lockout.policy.js';
import { ABANDONED, BEGIN, FAILED, FORGIVEN, SUCCEEDED } from './lockout.scripts.js';

/**
 * Makes guessing passwords slow: after some failures every further one has to wait, longer each time. It knows
 * addresses and networks, never accounts, and so treats those that do not exist like the others.
 *
 * Each `check` that lets an attempt go on is followed by `failed`, `succeeded` or `abandoned`.
 */
@Injectable()
export class LockoutService {
  private readonly logger = new Logger(LockoutService.name);

  constructor(
    private readonly ring: KeyRing,
    @Inject(REDIS) private readonly redis: Redis,
  ) {}

  /**
   * Begins an attempt to log in.
   * @throws login_locked with the seconds to wait; dependency_unavailable while Redis is away: without a count nobody
   * may guess.
   */
  async check(address: string, ipAddress: string): Promise<void> {
    const { known, unknown } = AT_ONCE;
    const wait = await this.run(BEGIN, address, ipAddress, [POLICIES.pair.free, known, unknown, UNDER_WAY]).catch(
      (error: unknown) => {
        this.logger.warn(`Nobody may log in, for failures cannot be counted: ${String(error)}`);
        throw dependencyUnavailable();
      },
    );
    if (wait > 0) throw loginLocked(Math.ceil(wait / 1000));
  }

  /**
   * Answers the seconds until the next attempt may come; 0 when at once.
   * @throws dependency_unavailable when the failure could not be counted: nobody is told then whether they guessed right.
   */
  async failed(address: string, ipAddress: string): Promise<number> {
    const numbers = [POLICIES.pair, POLICIES.account, POLICIES.network].flatMap(({ free, first, longest, memory }) => [
      free,
      first,
      longest,
      memory,
    ]);
    const wait = await this.run(FAILED, address, ipAddress, numbers).catch((error: unknown) => {
      this.logger.warn(`A failed log-in was not counted: ${String(error)}`);
      throw dependencyUnavailable();
    });
    return Math.ceil(wait / 1000);
  }

  /** Whoever it was is known from here on. Never fails. */
  async succeeded(address: string, ipAddress: string): Promise<void> {
    await this.run(SUCCEEDED, address, ipAddress, [KNOWN]).catch((error: unknown) => {
      this.logger.warn(`A log-in was not noted: ${String(error)}`);
    });
  }

  /**
   * Whoever has proved without a log-in that the account is theirs may log in at once, and is known from here on. To
   * register proves nothing. Never fails.
   */
  async forgive(address: string, ipAddress: string): Promise<void> {
    await this.run(FORGIVEN, address, ipAddress, [KNOWN]).catch((error: unknown) => {
      this.logger.warn(`A lock was not lifted: ${String(error)}`);
    });
  }

  /** The attempt came to nothing through no fault of whoever made it. Never fails: it would be forgotten soon anyway. */
  async abandoned(address: string, ipAddress: string): Promise<void> {
    await this.run(ABANDONED, address, ipAddress, []).catch((error: unknown) => {
      this.logger.debug(`An attempt was not taken back: ${String(error)}`);
    });
  }

  private async run(script: string, address: string, ipAddress: string, args: number[]): Promise<number> {
    const keys = this.keysOf(address, networkOf(ipAddress));
    return (await this.redis.eval(script, keys.length, ...keys, ...args)) as number;
  }

  /** Who reads Redis learns no addresses. */
  private keysOf(address: string, network: string): string[] {
    const key = (kind: string, ...parts: string[]) =>
      `facet:lockout:${kind}:${this.ring.current.pseudonym(`lockout:${kind}`, parts.join('\0'))}`;
    return [
      key('pair', address, network),
      key('account', address),
      key('network', network),
      key('attempts', address, network),
      key('known', address, network),
    ];
  }
}
