interface Recent {
  readonly result: string;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Results, and their characters, that one of the two generations holds: as many as may end while a chunk is fetched. */
const MOST = { results: 4_096, characters: 4_000_000 };

/** Characters of a result that is worth remembering here. */
const LONGEST = 40_000;

/**
 * What this process has been told lately: rows that were looked up in the table before their answer was there find it
 * here when their turn comes.
 */
export class RecentResults {
  private young = new Map<string, Recent>();
  private old = new Map<string, Recent>();
  private characters = 0;

  /** @param milliseconds for which an answer may be given again */
  constructor(private readonly milliseconds: number) {}

  get(key: string): string | null {
    const found = this.young.get(key) ?? this.old.get(key);
    return found && performance.now() - found.at < this.milliseconds ? found.result : null;
  }

  add(key: string, result: string): void {
    if (result.length > LONGEST) return;
    this.young.set(key, { result, at: performance.now() });
    this.characters += result.length;
    if (this.young.size < MOST.results && this.characters < MOST.characters) return;
    this.old = this.young;
    this.young = new Map();
    this.characters = 0;
  }
}
