import { mkdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim } from '../analysis.queries.js';

/** Where one attempt works: a directory of its own, named so that a later attempt can remove what a killed one left. */
export class WorkDirectory {
  readonly path: string;

  constructor(
    private readonly root: string,
    private readonly mine: Pick<Claim, 'id' | 'attempt'>,
  ) {
    this.path = this.pathOf(mine.attempt);
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true });
  }

  /** Says that it is in use: what is old belongs to nobody and is removed by the cleanup. */
  async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now);
  }

  /** Removes it, and those of the attempts before it, which are dead or no longer wanted. */
  async remove(): Promise<void> {
    for (let attempt = this.mine.attempt; attempt > 0; attempt--) {
      await rm(this.pathOf(attempt), { recursive: true, force: true });
    }
  }

  private pathOf(attempt: number): string {
    return join(this.root, `work-${this.mine.id}-${attempt}`);
  }
}
