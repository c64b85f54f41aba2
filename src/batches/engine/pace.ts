/** Milliseconds in which what was counted before loses most of its weight. */
const MEMORY = 250;

/** How many a second there have been lately, or since it began when that was a moment ago. */
export class Pace {
  private rate = 0;
  private count = 0;
  private since = performance.now();
  /** Of what is remembered: 1 once it has run for long. */
  private weight = 0;

  /** Work begins: what was before tells nothing about it. */
  begin(): void {
    this.rate = this.count = this.weight = 0;
    this.since = performance.now();
  }

  add(count: number): void {
    this.count += count;
  }

  get perSecond(): number {
    const now = performance.now();
    const spent = now - this.since;
    if (spent < 1) return this.rate;
    const kept = this.weight * Math.exp(-spent / MEMORY);
    const fresh = 1 - Math.exp(-spent / MEMORY);
    this.weight = kept + fresh;
    this.rate = (this.rate * kept + ((this.count * 1000) / spent) * fresh) / this.weight;
    this.count = 0;
    this.since = now;
    return this.rate;
  }
}
