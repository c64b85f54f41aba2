import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource, InjectEntityManager } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { TemporaryFiles } from '../files/temporary-files.service.js';
import { poolOf } from '../platform/database/pool.js';
import { Rounds } from '../platform/rounds.js';
import type { JobKind } from './job.kind.js';
import type { ChangedJob } from './job.queries.js';
import { JobQueue } from './job-queue.service.js';
import { JobRegistry } from './job.registry.js';
import { OutboxService } from './outbox/outbox.service.js';
import { JobProgressService } from './progress/job-progress.service.js';
import { type LostJob, lostJobs, overdueJobs, rescueJobs } from './rescue.queries.js';
import { JobProcessor } from './run/job.processor.js';
import { removeWork } from './run/work-directory.js';
import { LostWorkers } from './workers/lost-workers.js';

/** Rows that one look sees to. */
const MAX_ROWS = 500;

/** Takes back what lost workers held, fails what is poison, and announces again what was forgotten. */
@Injectable()
export class JobRescuer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(JobRescuer.name);
  private readonly rounds = new Rounds(this.logger);

  constructor(
    private readonly environment: Environment,
    private readonly lostWorkers: LostWorkers,
    @InjectDataSource() private readonly source: DataSource,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly outbox: OutboxService,
    private readonly processor: JobProcessor,
    private readonly progress: JobProgressService,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
    private readonly temporary: TemporaryFiles,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.environment.runsJobs) return;
    this.rounds.every(this.environment.JOB_RESCUE_INTERVAL * 1000, () => this.rescue());
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async rescue(): Promise<void> {
    const lost = await this.lostWorkers.remove();
    if (lost > 0) this.logger.warn(`${lost} workers were lost; what they held is taken back`);
    // A table that is locked delays its own kind alone.
    await Promise.all(this.registry.kinds.map((kind) => this.rescueKind(kind)));
  }

  private async rescueKind(kind: JobKind): Promise<void> {
    try {
      await this.takeBack(kind);
      await this.announceAgain(kind);
    } catch (error) {
      this.logger.warn(`Looking for lost jobs of ${kind.name} failed and will be repeated: ${String(error)}`);
    }
  }

  private async takeBack(kind: JobKind): Promise<void> {
    const found = await lostJobs(poolOf(this.source), kind, MAX_ROWS);
    if (found.length === 0) return;
    const lost = await Promise.all(found.map((job) => this.withProgress(kind, job)));
    const rescued = await this.db.transaction(async (db) => {
      const changed = await rescueJobs(db, kind, lost);
      for (const job of changed) if (job.status === 'failed') await this.callEnded(db, kind, job);
      return changed;
    });
    if (kind.event !== undefined) this.outbox.notify();
    for (const job of rescued) if (job.status === 'failed') await this.cleanUp(kind, job);
    // The announcement of a lost worker still stands in Redis under the `job_id` itself.
    const queued = rescued.filter(({ status }) => status === 'queued');
    await this.announce(
      kind,
      queued.map(({ id, job_id, attempt }) => ({ id, job_id: `${job_id}-after-${attempt}` })),
    );
  }

  private async withProgress(kind: JobKind, job: LostJob): Promise<LostJob> {
    const reported = kind.event === undefined ? null : await this.progress.read(job);
    return { ...job, progress: Math.max(job.progress, reported?.progress ?? 0) };
  }

  private async callEnded(db: EntityManager, kind: JobKind, job: ChangedJob): Promise<void> {
    for (const hook of this.registry.hooks) await hook.ended?.(db, kind.name, job, 'failed');
  }

  /** Its workers died before they could put anything away. */
  private async cleanUp(kind: JobKind, job: ChangedJob): Promise<void> {
    this.logger.error({
      message: `A job has cost ${kind.maxCrashes} workers and is failed`,
      kind: kind.name,
      job: job.id,
    });
    if (kind.needsDirectory) await removeWork(this.temporary, job);
    await kind.cleanUp?.(job, 'failed');
  }

  /** Redis may forget; what has been due for a while is announced again. */
  private async announceAgain(kind: JobKind): Promise<void> {
    const overdue = await overdueJobs(poolOf(this.source), kind, this.environment.JOB_RESCUE_INTERVAL, MAX_ROWS);
    await this.announce(
      kind,
      overdue.map(({ id, job_id, attempts }) => ({
        id,
        job_id: attempts === 0 ? job_id : `${job_id}-after-${attempts}`,
      })),
    );
  }

  private async announce(kind: JobKind, jobs: readonly { id: string; job_id: string }[]): Promise<void> {
    if (jobs.length === 0) return;
    // While Redis is away every worker hears only itself.
    if (!(await this.queue.enqueue(kind.name, jobs))) this.processor.workOn(kind.name);
  }
}
