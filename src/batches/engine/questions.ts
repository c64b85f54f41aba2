import type { Backlog } from './backlog.js';
import type { OpenChunk, Row } from './row.js';

/** Rows with the same question: one asks, the others wait for what it hears, however long that takes. */
export class Questions {
  private readonly askers = new Map<string, { readonly asker: Row; followers: Row[] }>();

  constructor(private readonly backlog: Backlog) {}

  /** False when somebody else asks the same; the row is then told the end of that one. */
  ask(row: Row): boolean {
    if (row.key === null) return true;
    const known = this.askers.get(row.key);
    if (!known) {
      this.askers.set(row.key, { asker: row, followers: [] });
      return true;
    }
    if (known.asker === row) return true;
    known.followers.push(row);
    this.backlog.enter(row);
    return false;
  }

  /** The row asks no more, with an end or without one; answers who waited for it. */
  settle(row: Row): Row[] {
    if (row.key === null || this.askers.get(row.key)?.asker !== row) return [];
    const followers = this.askers.get(row.key)?.followers ?? [];
    this.askers.delete(row.key);
    for (const follower of followers) this.backlog.leave(follower);
    return followers;
  }

  /** Forgets what a chunk's rows wait for; answers rows of other chunks that waited for rows of this one. */
  remove(chunk: OpenChunk): Row[] {
    const orphans: Row[] = [];
    for (const [key, question] of this.askers) {
      const mine = question.asker.chunk === chunk;
      const leaving = question.followers.filter((row) => mine || row.chunk === chunk);
      for (const row of leaving) this.backlog.leave(row);
      question.followers = question.followers.filter((row) => row.chunk !== chunk);
      if (!mine) continue;
      orphans.push(...question.followers);
      this.askers.delete(key);
    }
    return orphans;
  }
}
