interface Recent {
  readonly result: string;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Characters of results that are remembered at most. */
const CHARACTERS = 16_000_000;

/**
 * What this process has been told lately: rows that were looked up in the table before their answer was there find it
 * here when their turn comes.
 */
export class RecentResults {
  private readonly results = new Map<string, Recent>();
  private characters = 0;

  /** @param milliseconds for which an answer may be given again */
  constructor(private readonly milliseconds: number) {}

  get(key: string): string | null {
    const found = this.results.get(key);
    return found && performance.now() - found.at < this.milliseconds ? found.result : null;
  }

  add(key: string, result: string): void {
    this.remove(key);
    if (result.length > CHARACTERS / 100) return;
    this.results.set(key, { result, at: performance.now() });
    this.characters += key.length + result.length;
    for (const oldest of this.results.keys()) {
      if (this.characters <= CHARACTERS) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const known = this.results.get(key);
    if (!known) return;
    this.results.delete(key);
    this.characters -= key.length + known.result.length;
  }
}
