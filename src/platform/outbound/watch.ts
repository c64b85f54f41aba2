/** Something that must go on, and is looked at while it lasts. */
export interface Watched {
  /** @param now by the monotonic clock, in milliseconds. */
  check(now: number): void;
}

/** Milliseconds between two looks: how exactly time limits are kept. */
const PACE = 100;

/** Looks after all that is under way with one timer, so that limits cost nothing on the way. */
export class Watch {
  private readonly underWay = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;

  add(watched: Watched): void {
    this.underWay.add(watched);
    this.timer ??= setInterval(() => {
      this.look();
    }, PACE).unref();
  }

  remove(watched: Watched): void {
    this.underWay.delete(watched);
  }

  private look(): void {
    const now = performance.now();
    for (const watched of this.underWay) watched.check(now);
    if (this.underWay.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
