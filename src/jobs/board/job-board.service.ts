import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { JobQueue } from '../job-queue.service.js';
import { JobRegistry } from '../job.registry.js';
import { type JobCounts, jobCountsOf, type QueueState, type RowCounts } from './queue-state.js';

/** How many jobs of every kind wait, are worked on and have failed, and what Bull knows of them. */
@Injectable()
export class JobBoardService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
  ) {}

  /** In the order of the kinds' names; chunks of batches, which are no jobs but wait like them, are among them. */
  async states(): Promise<QueueState[]> {
    const rows = await this.openRows();
    return Promise.all(rows.map((counts) => this.stateOf(counts)));
  }

  private async openRows(): Promise<(Omit<RowCounts, 'failed'> & { kind: string })[]> {
    return this.db.query(
      `SELECT s.kind, coalesce(open.waiting, 0) AS waiting, coalesce(open.in_progress, 0) AS in_progress, open.oldest_waiting_at
         FROM job_sources AS s LEFT JOIN (
           SELECT kind, count(*) FILTER (WHERE status = 'queued')::int AS waiting,
                  count(*) FILTER (WHERE status = 'processing')::int AS in_progress,
                  min(queued_at) FILTER (WHERE status = 'queued') AS oldest_waiting_at
             FROM jobs GROUP BY kind) AS open USING (kind)
        ORDER BY s.kind`,
    );
  }

  private async stateOf({ kind, ...open }: Omit<RowCounts, 'failed'> & { kind: string }): Promise<QueueState> {
    const [failed, jobs] = await Promise.all([this.failedOf(kind), this.jobsOf(kind)]);
    return { name: kind, rows: { ...open, failed }, jobs };
  }

  /** Null also for a kind that only newer processes know. */
  private async jobsOf(kind: string): Promise<JobCounts | null> {
    const queue = this.queue.find(kind);
    return queue && jobCountsOf(queue);
  }

  /** Null for kinds whose failures are done with. */
  private async failedOf(name: string): Promise<number | null> {
    const kind = this.registry.kinds.find((one) => one.name === name);
    if (!kind?.countsFailed) return null;
    const [row] = await this.db.query<[{ failed: number }]>(
      `SELECT count(*)::int AS failed FROM ${kind.table} WHERE status = 'failed'`,
    );
    return row.failed;
  }
}
