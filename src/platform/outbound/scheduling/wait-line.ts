/** Waiters of one group for one host, in their order; retries come first. */
export class WaitLine<Waiter> {
  private readonly retries = new Set<Waiter>();
  private readonly fresh = new Set<Waiter>();
  /** The first, from its wake-up until it has checked whether its request may be made. */
  woken: Waiter | undefined;

  get first(): Waiter | undefined {
    for (const waiter of this) return waiter;
    return undefined;
  }

  /** Returns whether it was not in the line yet. */
  add(waiter: Waiter, isRetry: boolean): boolean {
    const before = this.retries.size + this.fresh.size;
    (isRetry ? this.retries : this.fresh).add(waiter);
    return this.retries.size + this.fresh.size > before;
  }

  /** Returns whether it was in the line. */
  delete(waiter: Waiter): boolean {
    if (this.woken === waiter) this.woken = undefined;
    return this.retries.delete(waiter) || this.fresh.delete(waiter);
  }

  *[Symbol.iterator](): Generator<Waiter> {
    yield* this.retries;
    yield* this.fresh;
  }
}
