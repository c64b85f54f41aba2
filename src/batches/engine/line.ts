import type { Row } from './row.js';

/** Rows of one upload that wait for one host, in their order; those that were asked for before come first. */
export class Line {
  private readonly again = new Set<Row>();
  private readonly fresh = new Set<Row>();
  /** The first, while it is on its way to ask. */
  called: Row | undefined;

  get first(): Row | undefined {
    for (const row of this) return row;
    return undefined;
  }

  /** Whether it was not there yet. */
  add(row: Row): boolean {
    const before = this.again.size + this.fresh.size;
    (row.tries > 0 ? this.again : this.fresh).add(row);
    return this.again.size + this.fresh.size > before;
  }

  /** Whether it was there. */
  delete(row: Row): boolean {
    if (this.called === row) this.called = undefined;
    return this.again.delete(row) || this.fresh.delete(row);
  }

  *[Symbol.iterator](): Generator<Row> {
    yield* this.again;
    yield* this.fresh;
  }
}
