import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { dependencyUnavailable } from '../../platform/errors.js';
import { networkOf } from '../../platform/limits/subject.js';
import { REDIS } from '../../platform/redis/redis.module.js';
import { KeyRing } from '../tokens/key-ring.js';
import { loginLocked } from './lockout.errors.js';
import { MAX_CONCURRENT_ATTEMPTS, KNOWN_NETWORK_SECONDS, POLICIES, ATTEMPT_TTL_SECONDS } from './lockout.policy.js';
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
   * @throws login_locked with the seconds to wait; dependency_unavailable while Redis is away: without a count no
   * log-in is allowed.
   */
  async check(address: string, ipAddress: string): Promise<void> {
    const { known, unknown } = MAX_CONCURRENT_ATTEMPTS;
    const wait = await this.run(BEGIN, address, ipAddress, [
      POLICIES.pair.free,
      known,
      unknown,
      ATTEMPT_TTL_SECONDS,
    ]).catch((error: unknown) => {
      this.logger.warn(`Log-ins are refused, since failures cannot be counted: ${String(error)}`);
      throw dependencyUnavailable();
    });
    if (wait > 0) throw loginLocked(Math.ceil(wait / 1000));
  }

  /**
   * Counts a failure. Returns the seconds until the next attempt is allowed; 0 for at once.
   * @throws dependency_unavailable when the failure could not be counted: the response then does not tell whether the guess was right.
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

  /** Ends a successful attempt; its network is known from now on. Never fails. */
  async succeeded(address: string, ipAddress: string): Promise<void> {
    await this.run(SUCCEEDED, address, ipAddress, [KNOWN_NETWORK_SECONDS]).catch((error: unknown) => {
      this.logger.warn(`A log-in was not noted: ${String(error)}`);
    });
  }

  /**
   * Lifts the lock after a proof of ownership other than a log-in; the network is known from now on. To register proves
   * nothing. Never fails.
   */
  async forgive(address: string, ipAddress: string): Promise<void> {
    await this.run(FORGIVEN, address, ipAddress, [KNOWN_NETWORK_SECONDS]).catch((error: unknown) => {
      this.logger.warn(`A lock was not lifted: ${String(error)}`);
    });
  }

  /** Ends an attempt that failed for another reason than its password. Never fails: it expires soon anyway. */
  async abandoned(address: string, ipAddress: string): Promise<void> {
    await this.run(ABANDONED, address, ipAddress, []).catch((error: unknown) => {
      this.logger.debug(`An attempt was not taken back: ${String(error)}`);
    });
  }

  private async run(script: string, address: string, ipAddress: string, args: number[]): Promise<number> {
    const keys = this.keysOf(address, networkOf(ipAddress));
    return (await this.redis.eval(script, keys.length, ...keys, ...args)) as number;
  }

  /** Redis holds pseudonyms instead of addresses. */
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
