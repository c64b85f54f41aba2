import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { JobFacts, JobKind } from './job.kind.js';
import { announceInserted, cancelJob, type ChangedJob, isFinal, removeJob, restartJob } from './job.queries.js';
import { JobQueue } from './job-queue.service.js';
import { JobRegistry } from './job.registry.js';
import { OutboxService } from './outbox/outbox.service.js';
import { JobProgressService } from './progress/job-progress.service.js';

/** What modules do with jobs of their kinds from outside an attempt. Who may do it is for the module to say. */
@Injectable()
export class JobsService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly outbox: OutboxService,
    private readonly progress: JobProgressService,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
  ) {}

  /**
   * Admits jobs whose rows the caller has inserted in its transaction: hooks may refuse them.
   * @throws what a hook throws
   */
  async admit(db: EntityManager, kindName: string, jobs: readonly Pick<JobFacts, 'id' | 'owner_id'>[]): Promise<void> {
    const kind = this.registry.kind(kindName);
    for (const { id, owner_id } of jobs) await this.callAdmitted(db, kind, { id, owner_id, attempt: 0 });
    await announceInserted(
      db,
      kind,
      jobs.map(({ id }) => id),
    );
  }

  /** Has jobs done soon, after the transaction that admitted them has committed. Never fails. */
  async enqueue(kindName: string, jobs: readonly { id: string; job_id: string }[]): Promise<void> {
    if (this.registry.kind(kindName).event !== undefined) this.outbox.notify();
    await this.queue.enqueue(kindName, jobs);
  }

  /** Ends a queued or running job; false when it had ended already. */
  async cancel(kindName: string, run: { id: string; job_id: string }): Promise<boolean> {
    const kind = this.registry.kind(kindName);
    const reported = await this.progress.read(run);
    const cancelled = await this.db.transaction(async (db) => {
      const job = await cancelJob(db, kind, run.id, reported?.progress ?? 0);
      if (job) await this.callEnded(db, kind, job, 'cancelled');
      return job !== null;
    });
    this.outbox.notify();
    return cancelled;
  }

  /**
   * Starts a failed or cancelled job over; null when it is neither.
   * @param before is called first in the same transaction
   */
  async restart(
    kindName: string,
    id: string,
    before?: (db: EntityManager) => Promise<void>,
  ): Promise<ChangedJob | null> {
    const kind = this.registry.kind(kindName);
    const job = await this.db.transaction(async (db) => {
      await before?.(db);
      const restarted = await restartJob(db, kind, id);
      if (restarted) await this.callAdmitted(db, kind, restarted);
      return restarted;
    });
    if (job) await this.enqueue(kindName, [job]);
    return job;
  }

  /** Removes the row of a job, and ends it if it has not ended; false when there is none. */
  async remove(kindName: string, id: string): Promise<boolean> {
    const kind = this.registry.kind(kindName);
    const removed = await this.db.transaction(async (db) => {
      const job = await removeJob(db, kind, id);
      if (job && !isFinal(job.status)) await this.callEnded(db, kind, job, 'cancelled');
      return job !== null;
    });
    this.outbox.notify();
    return removed;
  }

  private async callAdmitted(db: EntityManager, kind: JobKind, job: JobFacts): Promise<void> {
    for (const hook of this.registry.hooks) await hook.admitted?.(db, kind.name, job);
  }

  private async callEnded(db: EntityManager, kind: JobKind, job: JobFacts, status: 'cancelled'): Promise<void> {
    for (const hook of this.registry.hooks) await hook.ended?.(db, kind.name, job, status);
  }
}
