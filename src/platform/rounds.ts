import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again, until it is stopped. What fails is tried again the next time. */
export class Rounds {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];

  constructor(private readonly logger: Logger) {}

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Now, and again so many milliseconds after each end. */
  every(milliseconds: number, work: () => Promise<void>): void {
    this.running.push(this.repeat(milliseconds, work));
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async repeat(milliseconds: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        this.logger.warn(`A round failed and will be tried again: ${String(error)}`);
      });
      // Rejects when it is stopped, which the loop sees by itself.
      await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
