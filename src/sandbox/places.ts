import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';

/** For whom analyzer processes work: analyses, and pictures of batches. */
type Kind = 'analysis' | 'batch';

/** The `MAX_WORKERS` places of a process: as many tasks run at once, of whatever kind. */
@Injectable()
export class Places {
  private free: number;
  /** The longest first. */
  private readonly waiting: Record<Kind, (() => void)[]> = { analysis: [], batch: [] };
  private last: Kind = 'batch';

  constructor(environment: Environment) {
    this.free = environment.MAX_WORKERS;
  }

  async during<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    await this.take(kind);
    try {
      return await work();
    } finally {
      this.pass();
    }
  }

  private take(kind: Kind): Promise<void> {
    if (this.free === 0) return new Promise((resolve) => this.waiting[kind].push(resolve));
    this.free -= 1;
    return Promise.resolve();
  }

  /** While both wait they take turns: pictures of a batch are many, and somebody looks at the progress of an analysis. */
  private pass(): void {
    const kind = this.last === 'analysis' ? 'batch' : 'analysis';
    const chosen = this.waiting[kind].length > 0 ? kind : this.last;
    const next = this.waiting[chosen].shift();
    if (!next) {
      this.free += 1;
      return;
    }
    this.last = chosen;
    next();
  }
}
