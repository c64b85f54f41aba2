import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Semaphore } from '../../platform/concurrency/semaphore.js';
import { signInBusy } from '../auth.errors.js';
import { opaqueToken } from '../tokens/opaque-token.js';
import { normalize } from './password.js';

/** argon2id (the default of the library) with memory in KiB and passes as RFC 9106 (4) recommends them second. */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** Hashes at once: one core stays free for requests, and one of the four threads of libuv for everything else. */
const MAX_CONCURRENT = Math.min(3, Math.max(1, availableParallelism() - 1));

/** Hashes that may wait; each takes about a twentieth of a second. */
const MAX_WAITING = 100;

/** Hashes passwords on threads of their own, a few at once, so that a flood takes neither the memory nor the loop. */
@Injectable()
export class PasswordsService implements OnModuleInit {
  private readonly slots = new Semaphore({
    permits: MAX_CONCURRENT,
    maxWaiting: MAX_WAITING,
    refuse: () => signInBusy(),
  });
  private decoy: Promise<string>;

  /** What is compared with where there is no account; made beforehand, so that it never takes longer. */
  onModuleInit(): void {
    this.decoy = this.hash(opaqueToken());
  }

  hash(password: string): Promise<string> {
    return this.slots.run('hash', () => hash(normalize(password), COST));
  }

  /** @param known null where there is no such account: the same work is done, and the answer is no. */
  async verify(known: string | null, password: string): Promise<boolean> {
    const compared = known ?? (await this.decoy);
    const right = await this.slots.run('hash', () => verify(compared, normalize(password)));
    return right && known !== null;
  }

  /** Whether a hash was made at another cost than is asked for now. */
  isOutdated(known: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(known);
    return memoryCost !== COST.memoryCost || timeCost !== COST.timeCost || parallelism !== COST.parallelism;
  }
}
