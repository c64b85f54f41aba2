export interface SemaphoreLimits {
  /** Permits in all. */
  readonly permits: number;
  /** Permits that one key holds at most; else all of them. */
  readonly permitsPerKey?: number;
  /** Acquisitions that wait at most, of all keys; else as many as come. */
  readonly maxWaiting?: number;
  /** Time that an acquisition waits at most; else as long as it takes. */
  readonly timeoutMs?: number;
  /** Makes the error of an acquisition that is refused or timed out. @param limit the number of permits that are taken */
  readonly refuse?: (limit: number) => Error;
}

/** Returns a permit; may be called more than once. */
export type Release = () => void;

interface Holder {
  held: number;
  /** The longest first. */
  readonly waiting: (() => void)[];
}

/**
 * Bounds how much runs at once. A permit that is returned goes to the waiting key that holds the fewest, so that no
 * key's backlog starves another; among equals to the one that was granted a permit least recently.
 */
export class Semaphore<Key extends string = string> {
  private readonly permits: number;
  private readonly permitsPerKey: number;
  private readonly maxWaiting: number;
  private readonly timeoutMs: number | undefined;
  private readonly refuse: (limit: number) => Error;
  /** Keys that hold or wait for a permit, the least recently granted first. */
  private readonly holders = new Map<Key, Holder>();
  private held = 0;
  private waiting = 0;

  constructor({ permits, permitsPerKey = permits, maxWaiting = Infinity, timeoutMs, refuse }: SemaphoreLimits) {
    this.permits = permits;
    this.permitsPerKey = permitsPerKey;
    this.maxWaiting = maxWaiting;
    this.timeoutMs = timeoutMs;
    this.refuse = refuse ?? ((limit) => new Error(`All of ${limit} permits are taken.`));
  }

  /** Runs the work while it holds a permit. @throws what `refuse` makes */
  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(key);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Resolves with the release of a permit. @throws what `refuse` makes */
  async acquire(key: Key): Promise<Release> {
    const holder = this.holders.get(key) ?? { held: 0, waiting: [] };
    if (this.isFreeFor(holder)) this.grant(key, holder);
    else await this.wait(key, holder);
    let isHeld = true;
    return () => {
      if (isHeld) this.release(key, holder);
      isHeld = false;
    };
  }

  private isFreeFor({ held }: Holder): boolean {
    return this.held < this.permits && held < this.permitsPerKey;
  }

  private grant(key: Key, holder: Holder): void {
    this.held += 1;
    holder.held += 1;
    this.holders.delete(key);
    this.holders.set(key, holder);
  }

  private wait(key: Key, holder: Holder): Promise<void> {
    if (this.waiting >= this.maxWaiting) return Promise.reject(this.refusalFor(holder));
    this.waiting += 1;
    this.holders.set(key, holder);
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        holder.waiting.splice(holder.waiting.indexOf(proceed), 1);
        this.waiting -= 1;
        this.forgetIdle(key, holder);
        reject(this.refusalFor(holder));
      };
      const timer = this.timeoutMs === undefined ? undefined : setTimeout(giveUp, this.timeoutMs);
      const proceed = () => {
        clearTimeout(timer);
        resolve();
      };
      holder.waiting.push(proceed);
    });
  }

  private refusalFor({ held }: Holder): Error {
    return this.refuse(held >= this.permitsPerKey ? this.permitsPerKey : this.permits);
  }

  private release(key: Key, holder: Holder): void {
    this.held -= 1;
    holder.held -= 1;
    this.grantNext();
    this.forgetIdle(key, holder);
  }

  private grantNext(): void {
    let next: readonly [Key, Holder] | undefined;
    for (const entry of this.waiting > 0 ? this.holders : []) {
      const [, holder] = entry;
      if (holder.waiting.length > 0 && this.isFreeFor(holder) && holder.held < (next?.[1].held ?? Infinity))
        next = entry;
    }
    const proceed = next?.[1].waiting.shift();
    if (!next || !proceed) return;
    this.waiting -= 1;
    this.grant(...next);
    proceed();
  }

  private forgetIdle(key: Key, { held, waiting }: Holder): void {
    if (held === 0 && waiting.length === 0) this.holders.delete(key);
  }
}
