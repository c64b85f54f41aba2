import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { TemporaryFiles } from '../../files/temporary-files.service.js';
import type { JobProgressService } from '../progress/job-progress.service.js';
import { ProgressReporter } from '../progress/progress-reporter.js';
import { type AbortReason, JobAborted, JobFailure } from '../job-errors.js';
import type { Claim, JobContext, JobKind } from '../job.kind.js';
import { WorkDirectory } from './work-directory.js';

/** Milliseconds that work may go on after it was aborted; then its slot is given to other work. */
const ABORT_GRACE_MS = 10_000;

/** Milliseconds of the longest timer of Node.js. */
const LONGEST_TIMER_MS = 2_147_483_647;

export interface AttemptParts {
  readonly logger: Logger;
  readonly progress: JobProgressService;
  readonly temporary: TemporaryFiles;
}

/** How an attempt ended: with a result, or with what was thrown. */
export type Ended<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly seconds: number }
  | { readonly kind: 'thrown'; readonly error: unknown; readonly seconds: number };

/** One attempt at a job: its time limit, its progress, its folder, and the end of it when it is no longer wanted. */
export class Attempt<Work extends object, Result> {
  private readonly controller = new AbortController();
  private readonly directory: WorkDirectory | null;
  private reporter: ProgressReporter | undefined;

  constructor(
    private readonly kind: JobKind<Work, Result>,
    readonly job: Claim<Work>,
    private readonly parts: AttemptParts,
  ) {
    this.directory = kind.needsDirectory ? new WorkDirectory(parts.temporary, job) : null;
  }

  /** Percent that were reported last. */
  get percent(): number {
    return this.reporter?.percent ?? this.job.progress;
  }

  /** Ids under which lines of the log about this attempt are found. */
  get trace(): Record<string, unknown> {
    const { id, request_id } = this.job;
    const { event, name } = this.kind;
    return { [event === undefined ? 'job' : `${event}_id`]: id, kind: name, request_id: request_id ?? undefined };
  }

  abort(reason: AbortReason): void {
    this.controller.abort(new JobAborted(reason));
  }

  /** Says again how far it is, in case Redis forgot. */
  repeat(): void {
    this.reporter?.repeat();
  }

  async run(): Promise<Ended<Result>> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const limitMs = Math.min(this.kind.timeoutSeconds(this.job) * 1000, LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      this.abort('timed_out');
    }, limitMs);
    try {
      await this.begin();
      const result = await this.untilAborted(this.kind.run(this.job, this.context()));
      return { kind: 'done', result, seconds: seconds() };
    } catch (error) {
      return { kind: 'thrown', error: this.meaningOf(error), seconds: seconds() };
    } finally {
      clearTimeout(timer);
      this.reporter?.stop();
      await this.removeDirectory();
    }
  }

  /** Goes on from what a lost attempt has reported; its row may be behind. */
  private async begin(): Promise<void> {
    const { event = null } = this.kind;
    const reported = event !== null && this.job.attempt > 1 ? await this.parts.progress.read(this.job) : null;
    const start = Math.max(this.job.progress, reported?.progress ?? 0);
    this.reporter = new ProgressReporter(this.parts.progress, event, this.job, start);
    await this.directory?.make();
    this.controller.signal.throwIfAborted();
  }

  private async removeDirectory(): Promise<void> {
    await this.directory?.remove().catch((error: unknown) => {
      this.parts.logger.warn({ message: `The folder of an attempt stays: ${String(error)}`, ...this.trace });
    });
  }

  private context(): JobContext {
    return {
      signal: this.controller.signal,
      workDirectory: this.directory?.path ?? '',
      progress: (percent, message) => this.reporter?.update(percent, message),
      warn: (message, details) => {
        this.parts.logger.warn({ message, ...details, ...this.trace });
      },
    };
  }

  /** Work that ignores its signal must not keep a slot for ever. */
  private async untilAborted(work: Promise<Result>): Promise<Result> {
    const { signal } = this.controller;
    const settled = new AbortController();
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => {
        const wait = delay(ABORT_GRACE_MS, undefined, { signal: settled.signal });
        wait.then(
          () => {
            this.parts.logger.error({ message: 'The attempt goes on though it was aborted', ...this.trace });
            reject(signal.reason as Error);
          },
          () => undefined,
        );
      };
      signal.addEventListener('abort', giveUp, { once: true, signal: settled.signal });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      settled.abort();
    }
  }

  /** What is thrown after an abort is thrown because of it. */
  private meaningOf(error: unknown): unknown {
    const { signal } = this.controller;
    if (!signal.aborted) return error;
    const aborted = signal.reason as JobAborted;
    if (aborted.reason !== 'timed_out') return aborted;
    const seconds = this.kind.timeoutSeconds(this.job);
    return this.kind.timedOut?.(this.job) ?? new JobFailure('timed_out', `It took longer than ${seconds} s.`);
  }
}
