/** Something under way that is checked against its time limits. */
export interface Deadlined {
  /** Its index within `DeadlineWatch`. */
  position: number;
  /** @param nowMs by the monotonic clock, in milliseconds. */
  check(nowMs: number): void;
}

/** Milliseconds between two checks: how exactly time limits are kept. */
const CHECK_INTERVAL_MS = 100;

/** Checks the time limits of everything under way with one timer, so that limits cost nothing per request. */
export class DeadlineWatch {
  private readonly underWay: Deadlined[] = [];
  private timer: NodeJS.Timeout | undefined;

  add(watched: Deadlined): void {
    watched.position = this.underWay.push(watched) - 1;
    this.timer ??= setInterval(() => {
      this.checkAll();
    }, CHECK_INTERVAL_MS).unref();
  }

  remove(watched: Deadlined): void {
    const last = this.underWay.pop();
    if (!last || last === watched) return;
    last.position = watched.position;
    this.underWay[last.position] = last;
  }

  private checkAll(): void {
    const now = performance.now();
    for (const watched of [...this.underWay]) watched.check(now);
    if (this.underWay.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
