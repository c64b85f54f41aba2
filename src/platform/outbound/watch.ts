/** Something that must go on, and is looked at while it lasts. */
export interface Watched {
  /** Where `Watch` keeps it. */
  place: number;
  /** @param now by the monotonic clock, in milliseconds. */
  check(now: number): void;
}

/** Milliseconds between two looks: how exactly time limits are kept. */
const PACE = 100;

/** Looks after all that is under way with one timer, so that limits cost nothing on the way. */
export class Watch {
  private readonly underWay: Watched[] = [];
  private timer: NodeJS.Timeout | undefined;

  add(watched: Watched): void {
    watched.place = this.underWay.push(watched) - 1;
    this.timer ??= setInterval(() => {
      this.look();
    }, PACE).unref();
  }

  remove(watched: Watched): void {
    const last = this.underWay.pop();
    if (!last || last === watched) return;
    last.place = watched.place;
    this.underWay[last.place] = last;
  }

  private look(): void {
    const now = performance.now();
    for (const watched of [...this.underWay]) watched.check(now);
    if (this.underWay.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
