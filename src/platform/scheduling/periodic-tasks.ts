import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';

/** Repeats tasks at intervals until it is stopped. A task that fails runs again after its interval. */
export class PeriodicTasks {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];

  constructor(private readonly logger: Logger) {}

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Runs the task at once, and again `intervalMs` after each of its ends. */
  start(intervalMs: number, task: () => Promise<void>): void {
    this.running.push(this.repeat(intervalMs, task));
  }

  /** Resolves when the runs under way have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async repeat(intervalMs: number, task: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await task().catch((error: unknown) => {
        this.logger.warn(`A periodic task failed; retrying in ${intervalMs / 1000} s: ${String(error)}`);
      });
      // Rejects when it is stopped; the loop checks the signal itself.
      await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
