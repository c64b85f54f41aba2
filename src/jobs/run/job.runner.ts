import type { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { StorageGate } from '../../files/storage-gate.service.js';
import type { TemporaryFiles } from '../../files/temporary-files.service.js';
import { diskFailureOf } from '../../platform/disk/disk-failure.js';
import type { JobProgressService } from '../progress/job-progress.service.js';
import type { Claim, ClaimedJob, Ending, JobKind } from '../job.kind.js';
import { adoptJobs, type AttemptId, heldJobs, releaseJobs, saveProgress } from '../job.queries.js';
import type { WorkerLease } from '../workers/worker-lease.service.js';
import { Attempt } from './attempt.js';
import { JobClaimer } from './job-claimer.js';
import { JobAborted } from '../job-errors.js';
import { type Change, changeBy, outgrown, postponed } from './outcome.js';
import type { ResultWriter, Settled } from './result-writer.js';

/** Milliseconds between two notes of a running job's progress in its row. */
const PROGRESS_SAVED_EVERY_MS = 60_000;

/** Outcomes that may wait for PostgreSQL before no new jobs are begun. */
const MAX_BACKLOG = 2_000;

/** A share of the slots of a process. */
export interface Slots {
  run<T>(kind: string, work: () => Promise<T>): Promise<T>;
}

export interface RunnerParts {
  readonly logger: Logger;
  readonly pool: Pool;
  readonly lease: WorkerLease;
  readonly progress: JobProgressService;
  readonly temporary: TemporaryFiles;
  /** Closed while the disk is full. */
  readonly gate: StorageGate;
  readonly slots: Slots;
  readonly concurrency: number;
  readonly writer: ResultWriter;
  /** Is called when a claim or an outcome has been written. */
  changed(): void;
  /** Is called with jobs that are to be begun again at once. */
  requeued(job: ClaimedJob): void;
}

const keyOf = ({ id, attempt }: Pick<ClaimedJob, 'id' | 'attempt'>) => `${id} ${attempt}`;

/** This process's whole dealing with the jobs of one kind: claim, attempt, outcome. */
export class JobRunner {
  private readonly claimer: JobClaimer<object>;
  /** From the claim until the outcome is written. */
  private readonly held = new Map<string, ClaimedJob>();
  private readonly running = new Map<string, Attempt<object, unknown>>();
  private readonly working = new Set<Promise<void>>();
  private readonly writing = new Set<Promise<void>>();
  /** Attempts that PostgreSQL says this worker holds and that are not known here, by the last look. */
  private strays = new Set<string>();
  private isAdopting = false;
  private isComparing = false;
  private savedAt = performance.now();
  private stopped = false;

  constructor(
    readonly kind: JobKind,
    private readonly parts: RunnerParts,
  ) {
    const gate = kind.lane === 'cpu' || kind.needsDisk ? parts.gate : null;
    this.claimer = new JobClaimer(kind, { pool: parts.pool, lease: parts.lease, gate }, (job) => {
      this.held.set(keyOf(job), job);
      parts.changed();
    });
  }

  /** Works on one job after the other in one slot, until none is due; at once while all slots are in use. */
  async work(): Promise<void> {
    if (this.working.size >= this.parts.concurrency || this.stopped) return;
    const work = this.workOff();
    this.working.add(work);
    await work.finally(() => this.working.delete(work));
  }

  /** Begins nothing more. */
  stopClaiming(): void {
    this.stopped = true;
    this.claimer.stopped = true;
  }

  /** Resolves when nothing runs and all outcomes are written or given up. */
  async settled(): Promise<void> {
    while (this.working.size > 0 || this.writing.size > 0) {
      await Promise.allSettled([...this.working, ...this.writing]);
    }
  }

  /** Aborts all that runs, to be handed back. */
  handBackAll(): void {
    for (const attempt of this.running.values()) attempt.abort('stopping');
  }

  /** Aborts what was cancelled or removed. */
  abortJob(id: string): void {
    for (const attempt of this.running.values()) if (attempt.job.id === id) attempt.abort('unwanted');
  }

  /** The lease was lost: what no other worker has taken is to be taken over to the next id. */
  leaseLost(): void {
    this.isAdopting = true;
  }

  /** Compares what runs here with what PostgreSQL says: aborts what is not held any more, hands back what is not known. */
  async compare(): Promise<void> {
    if (this.isComparing) return;
    this.isComparing = true;
    await this.compareOnce().finally(() => {
      this.isComparing = false;
    });
  }

  private async compareOnce(): Promise<void> {
    const { lease, pool } = this.parts;
    const { workerId } = lease;
    const running = [...this.running];
    for (const [, attempt] of running) attempt.repeat();
    if (workerId === null) return;
    if (this.isAdopting) {
      await adoptJobs(pool, this.kind, workerId, [...this.held.values()]);
      this.isAdopting = false;
    }
    const isClaiming = this.claimer.isClaiming;
    const found = new Map((await heldJobs(pool, this.kind, workerId)).map((job) => [keyOf(job), job]));
    if (workerId !== lease.workerId) return;
    for (const [key, attempt] of running) if (!found.has(key)) attempt.abort('unwanted');
    const unknown = isClaiming ? [] : [...found.values()].filter((job) => !this.held.has(keyOf(job)));
    await this.releaseStrays(workerId, unknown);
    await this.saveProgress();
  }

  private async workOff(): Promise<void> {
    while (!this.stopped && this.parts.writer.backlog < MAX_BACKLOG) {
      if (!(await this.parts.slots.run(this.kind.name, () => this.workOnNext()))) return;
    }
  }

  /** Returns whether there was a job. */
  private async workOnNext(): Promise<boolean> {
    if (this.stopped) return false;
    const job = await this.claimer.next();
    if (!job) return false;
    const attempt = this.begin(job);
    const settled = await this.attempt(job, attempt);
    const writing = this.finish(job, settled, attempt.trace).finally(() => this.writing.delete(writing));
    this.writing.add(writing);
    return true;
  }

  private begin(job: Claim<object>): Attempt<object, unknown> {
    const { logger, progress, temporary } = this.parts;
    const attempt = new Attempt(this.kind, job, { logger, progress, temporary });
    this.log(`Attempt ${job.attempt} starts`, attempt.trace);
    this.running.set(keyOf(job), attempt);
    // It was claimed before the shutdown, and is begun after it.
    if (this.stopped) attempt.abort('stopping');
    return attempt;
  }

  private async attempt(job: Claim<object>, attempt: Attempt<object, unknown>): Promise<Settled | null> {
    const ended = await attempt.run().finally(() => this.running.delete(keyOf(job)));
    const { seconds } = ended;
    const { id, attempt: number } = job;
    const base = { id, attempt: number, progress: attempt.percent };
    if (ended.kind === 'done') return { job, outcome: { ...base, ...COMPLETED }, result: ended.result, seconds };
    const change = await this.changeBy(job, ended.error);
    if (change?.crashed) this.parts.logger.warn({ message: 'The attempt crashed', err: ended.error, ...attempt.trace });
    return change && { job, outcome: { ...base, ...change }, seconds };
  }

  /**
   * What met a full disk waits until there is room. What needs more than there is without it counts as a crash does, and the
   * last fails. Its own files are gone by now.
   */
  private async changeBy(job: Claim<object>, error: unknown): Promise<Change | null> {
    const failure = error instanceof JobAborted ? null : diskFailureOf(error);
    if (!failure) return changeBy(this.kind, job, error);
    const { gate } = this.parts;
    return (await gate.closeAfter(failure)) ? postponed(failure.message, gate.waitMs / 1000) : outgrown(this.kind, job);
  }

  private async finish(job: ClaimedJob, settled: Settled | null, trace: Record<string, unknown>): Promise<void> {
    const ending: Ending = settled ? await this.parts.writer.write(settled) : 'refused';
    this.held.delete(keyOf(job));
    if (ending !== 'refused') this.parts.changed();
    if (ending === 'completed') this.parts.gate.open();
    const isPostponed = ending === 'queued' && settled?.outcome.delaySeconds !== null;
    this.log(`Attempt ${job.attempt} ends: ${isPostponed ? 'waiting' : ending}`, trace);
    if (ending === 'queued' && !isPostponed) this.parts.requeued(job);
    if (ending === 'unknown') return;
    await this.kind.cleanUp?.(job, ending).catch((error: unknown) => {
      this.parts.logger.warn({ message: `Left-overs of a job stay: ${String(error)}`, ...trace });
    });
  }

  /** The answer to their claim was lost, or their outcome could not be written: known in two looks and not here. */
  private async releaseStrays(workerId: string, jobs: readonly AttemptId[]): Promise<void> {
    const before = this.strays;
    this.strays = new Set(jobs.map(keyOf));
    const strays = jobs.filter((job) => before.has(keyOf(job)));
    if (strays.length === 0) return;
    this.parts.logger.warn(
      `${strays.length} jobs of ${this.kind.name} are held but not run here; the rescuer takes them`,
    );
    await releaseJobs(this.parts.pool, this.kind, workerId, strays);
  }

  private async saveProgress(): Promise<void> {
    if (performance.now() - this.savedAt < PROGRESS_SAVED_EVERY_MS) return;
    this.savedAt = performance.now();
    const reached = [...this.running.values()].map(({ job: { id, attempt, progress }, percent }) => ({
      id,
      attempt,
      progress: percent,
      hasAdvanced: percent > progress,
    }));
    const advanced = reached.filter(({ hasAdvanced }) => hasAdvanced);
    if (advanced.length > 0) await saveProgress(this.parts.pool, this.kind, advanced);
  }

  /** Jobs of the lane `cpu` are few and long; of others only what goes wrong is worth a line. */
  private log(message: string, trace: Record<string, unknown>): void {
    if (this.kind.lane === 'cpu') this.parts.logger.log({ message, ...trace });
    else this.parts.logger.debug({ message, ...trace });
  }
}

const COMPLETED = {
  status: 'completed',
  crashed: false,
  delaySeconds: null,
  error_code: null,
  error_message: null,
} as const;
