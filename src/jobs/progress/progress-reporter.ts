import type { JobProgressService, Progress, Run } from './job-progress.service.js';

/** Milliseconds between two reports of one job. */
const INTERVAL_MS = 250;

/** Turns a stream of percentages into reports that never fall, a few a second at most; the last one is always reported. */
export class ProgressReporter {
  private latest: Progress;
  private timer: NodeJS.Timeout | undefined;

  /** @param event beginning of the type of its events; null reports nothing and only keeps the percentage */
  constructor(
    private readonly service: JobProgressService,
    private readonly event: string | null,
    private readonly run: Run,
    start: number,
  ) {
    this.latest = { progress: start, message: 'Starting' };
    this.report();
  }

  get percent(): number {
    return this.latest.progress;
  }

  update(percent: number, message: string): void {
    const progress = Math.min(99, Math.max(this.latest.progress, Math.floor(Number.isFinite(percent) ? percent : 0)));
    this.latest = { progress, message };
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.report();
    }, INTERVAL_MS);
  }

  /** Reports again, in case Redis forgot. */
  repeat(): void {
    if (this.timer === undefined) this.report();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private report(): void {
    if (this.event !== null) this.service.report(this.event, this.run, this.latest);
  }
}
