import { LRUCache } from 'lru-cache';

/** Results, and their characters, that are kept: as many as may end while a chunk is fetched. */
const MAX_ENTRIES = 8_192;
const MAX_CHARACTERS = 8_000_000;

/** Characters of one result that is kept. */
const MAX_ENTRY_CHARACTERS = 40_000;

/**
 * Keeps the results that this process received last: rows that were looked up in the table before their result was
 * there find it here when they are processed.
 */
export class RecentResults {
  private readonly results: LRUCache<string, string>;

  /** @param ttlMs for which a result may be reused */
  constructor(ttlMs: number) {
    this.results = new LRUCache({
      max: MAX_ENTRIES,
      maxSize: MAX_CHARACTERS,
      maxEntrySize: MAX_ENTRY_CHARACTERS,
      sizeCalculation: (result) => result.length || 1,
      ttl: ttlMs,
    });
  }

  get(key: string): string | null {
    return this.results.get(key) ?? null;
  }

  add(key: string, result: string): void {
    this.results.set(key, result);
  }
}
