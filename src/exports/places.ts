import { tooManyExports } from './exports.errors.js';

/** Who has an export under way: so many at once, and half of them at most for one. */
export class Places {
  private readonly takers: string[] = [];
  private readonly each: number;

  constructor(private readonly limit: number) {
    this.each = Math.ceil(limit / 2);
  }

  /**
   * Answers the way to give the place back.
   * @throws too_many_exports
   */
  take(ownerId: string): () => void {
    const own = this.takers.filter((taker) => taker === ownerId).length;
    if (own >= this.each) throw tooManyExports(this.each);
    if (this.takers.length >= this.limit) throw tooManyExports(this.limit);
    this.takers.push(ownerId);
    return () => {
      this.takers.splice(this.takers.indexOf(ownerId), 1);
    };
  }
}
