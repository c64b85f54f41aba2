import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import type { ClaimedJob, JobKind } from './job.kind.js';
import { type ChangedJob, clears, toOutbox } from './job.queries.js';

export type LostJob = Pick<ClaimedJob, 'id' | 'attempt' | 'job_id' | 'progress'>;

/** Jobs whose worker is gone. */
export async function lostJobs(db: Pool, kind: JobKind, limit: number): Promise<LostJob[]> {
  const { rows } = await db.query<LostJob>(
    `SELECT id, attempts AS attempt, job_id, progress FROM ${kind.table} AS job
      WHERE status = 'processing' AND NOT EXISTS (SELECT FROM workers AS w WHERE w.id = job.worker_id)
      ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows;
}

/**
 * Takes lost jobs back into the queue, or fails those that are poison; a loss counts as a crash. Those that are lost no longer
 * are left out.
 * @param lost with the progress that readers may have seen
 */
export function rescueJobs(db: EntityManager, kind: JobKind, lost: readonly LostJob[]): Promise<ChangedJob[]> {
  const isPoison = 'job.crashes + 1 >= $4';
  return db.query(
    `WITH lost AS MATERIALIZED (
       SELECT job.id, l.progress
         FROM ${kind.table} AS job JOIN unnest($1::uuid[], $2::int[], $3::int[]) AS l (id, attempt, progress) ON l.id = job.id
        WHERE job.attempts = l.attempt AND job.status = 'processing'
          AND NOT EXISTS (SELECT FROM workers AS w WHERE w.id = job.worker_id)
        ORDER BY job.id FOR NO KEY UPDATE OF job SKIP LOCKED
     ), changed AS (
       UPDATE ${kind.table} AS job
          SET status = CASE WHEN ${isPoison} THEN 'failed' ELSE 'queued' END, worker_id = NULL, crashes = job.crashes + 1,
              progress = greatest(job.progress, lost.progress),
              completed_at = CASE WHEN ${isPoison} THEN now() END,
              error_code = CASE WHEN ${isPoison} THEN $5 END,
              error_message = CASE WHEN ${isPoison} THEN $6 END${clears(kind, isPoison)}
         FROM lost WHERE job.id = lost.id
       RETURNING job.id, job.owner_id, job.status, job.attempts AS attempt, job.job_id
     )${toOutbox(kind)}
     SELECT * FROM changed`,
    [
      lost.map(({ id }) => id),
      lost.map(({ attempt }) => attempt),
      lost.map(({ progress }) => progress),
      kind.maxCrashes,
      kind.poison.code,
      kind.poison.message,
    ],
  );
}

/** Jobs that have been due for some seconds and that no worker has begun, those that wait longest first. */
export async function overdueJobs(
  db: Pool,
  kind: JobKind,
  seconds: number,
  limit: number,
): Promise<{ id: string; job_id: string; attempts: number }[]> {
  const { rows } = await db.query<{ id: string; job_id: string; attempts: number }>(
    `SELECT id, job_id, attempts FROM ${kind.table}
      WHERE status = 'queued' AND run_at < now() - make_interval(secs => $1) ORDER BY run_at, id LIMIT $2`,
    [seconds, limit],
  );
  return rows;
}
