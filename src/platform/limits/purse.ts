/** `reset` in seconds. */
export interface Spent {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly reset: number;
}

/** What Redis has granted one subject through this process and the process has not used yet. */
export class Purse {
  /** Requests that wait to know whether they are granted. */
  waiting = 0;
  /** The question to Redis that is under way. */
  filling: Promise<void> | undefined;
  private left = 0;
  private beyond = Infinity;
  private until = 0;

  /** Whether it can tell, without Redis, if one more request is granted. */
  get decides(): boolean {
    return performance.now() < this.until && (this.left > 0 || this.beyond === 0);
  }

  /**
   * @param beyond requests that Redis can still grant
   * @param lasts milliseconds until the window ends
   */
  fill(granted: number, beyond: number, lasts: number): void {
    this.left = granted;
    this.beyond = beyond;
    this.until = performance.now() + lasts;
  }

  /** Takes one request out. */
  spend(): Spent {
    const allowed = this.left > 0;
    if (allowed) this.left -= 1;
    const reset = Math.max(1, Math.ceil((this.until - performance.now()) / 1000));
    return { allowed, remaining: this.left + this.beyond, reset };
  }
}
