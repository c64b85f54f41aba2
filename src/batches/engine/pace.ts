/** Milliseconds in which what was counted before loses most of its weight. */
const MEMORY = 250;

/** How many a second there have been lately. */
export class Pace {
  private rate = 0;
  private count = 0;
  private since = performance.now();

  add(count: number): void {
    this.count += count;
  }

  get perSecond(): number {
    const now = performance.now();
    const spent = now - this.since;
    if (spent < 1) return this.rate;
    const kept = Math.exp(-spent / MEMORY);
    this.rate = this.rate * kept + ((this.count * 1000) / spent) * (1 - kept);
    this.count = 0;
    this.since = now;
    return this.rate;
  }
}
