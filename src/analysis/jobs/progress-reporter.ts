import type { Progress, ProgressService } from './progress.service.js';

/** Milliseconds between two reports of one analysis. */
const INTERVAL = 250;

/** Turns a stream of percentages into reports that never fall, a few a second at most, the last one always told. */
export class ProgressReporter {
  private latest: Progress;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly service: ProgressService,
    private readonly id: string,
    private readonly jobId: string,
    start: number,
  ) {
    this.latest = { progress: start, message: 'Starting' };
    this.service.report(id, jobId, this.latest);
  }

  get percent(): number {
    return this.latest.progress;
  }

  update(percent: number, message: string): void {
    const progress = Math.min(99, Math.max(this.latest.progress, Math.floor(Number.isFinite(percent) ? percent : 0)));
    this.latest = { progress, message };
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.service.report(this.id, this.jobId, this.latest);
    }, INTERVAL);
  }

  /** Says it again, in case Redis forgot. */
  repeat(): void {
    if (this.timer === undefined) this.service.report(this.id, this.jobId, this.latest);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
