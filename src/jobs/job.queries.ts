import type { EntityManager } from 'typeorm';
import type { Pool } from 'pg';
import type { Claim, FinalStatus, JobFacts, JobKind } from './job.kind.js';

/** The statements of all kinds. Names of tables and columns come from the declaration of a kind, never from a request. */

/** Adds a change of state to the outbox, within the statement that makes it: `changed` is what it returned. */
export const toOutbox = ({ name, event }: JobKind): string =>
  event === undefined
    ? ''
    : `, told AS (
         INSERT INTO outbox (kind, subject_id, owner_id, status, attempt)
         SELECT '${name}', id, owner_id, status, attempt FROM changed)`;

/** Empties what a job needs no longer once it has ended. `ended` is an expression of SQL. */
export const clears = ({ clears: columns = [] }: JobKind, ended: string): string =>
  columns.map((column) => `, ${column} = CASE WHEN ${ended} THEN NULL ELSE job.${column} END`).join('');

const claimSql = (kind: JobKind): string => `
WITH due AS MATERIALIZED (
  SELECT id FROM ${kind.table} AS job WHERE status = 'queued' AND run_at <= now() ORDER BY run_at, id LIMIT $2
     FOR NO KEY UPDATE SKIP LOCKED
), changed AS (
  UPDATE ${kind.table} AS job
     SET status = 'processing', attempts = job.attempts + 1, worker_id = $1, started_at = coalesce(job.started_at, now())
    FROM due WHERE job.id = due.id
  RETURNING job.id, job.status, job.attempts AS attempt, job.crashes, job.progress, job.job_id, job.owner_id, job.request_id,
            job.run_at ${kind.columns ? `, ${kind.columns}` : ''}
)${toOutbox(kind)}
SELECT * FROM changed ORDER BY run_at, id`;

/** Claims up to `limit` jobs that are due, those that wait longest first. */
export async function claimJobs<Work extends object>(
  db: Pool,
  kind: JobKind<Work>,
  workerId: string,
  limit: number,
): Promise<Claim<Work>[]> {
  const named = { name: `claim-${kind.name}`, text: claimSql(kind), values: [workerId, limit] };
  const { rows } = await db.query<Claim<Work>>(named);
  return rows;
}

/** What one attempt came to, as it is written into its row. */
export interface JobOutcome {
  readonly id: string;
  readonly attempt: number;
  readonly status: 'completed' | 'failed' | 'queued';
  /** Percent that a reader may have seen. */
  readonly progress: number;
  readonly crashed: boolean;
  /** Until the next attempt; null keeps the job's place in the queue. */
  readonly delaySeconds: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

const finishSql = (kind: JobKind): string => `
WITH outcome AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::boolean[], $6::float8[], $7::text[], $8::text[])
             AS o (id, attempt, status, progress, crashed, delay, error_code, error_message)
), mine AS MATERIALIZED (
  SELECT job.id FROM ${kind.table} AS job JOIN outcome AS o ON o.id = job.id
   WHERE job.attempts = o.attempt AND job.status = 'processing' ORDER BY job.id FOR NO KEY UPDATE OF job
), changed AS (
  UPDATE ${kind.table} AS job
     SET status = o.status, worker_id = NULL, crashes = job.crashes + o.crashed::int,
         progress = CASE o.status WHEN 'completed' THEN 100 ELSE greatest(job.progress, o.progress) END,
         run_at = CASE WHEN o.delay IS NULL THEN job.run_at ELSE now() + make_interval(secs => o.delay) END,
         completed_at = CASE WHEN o.status <> 'queued' THEN now() END,
         error_code = o.error_code, error_message = o.error_message${clears(kind, `o.status <> 'queued'`)}
    FROM mine JOIN outcome AS o ON o.id = mine.id
   WHERE job.id = mine.id
  RETURNING job.id, job.owner_id, job.status, job.attempts AS attempt
)${toOutbox(kind)}
SELECT id FROM changed`;

const outcomeValues = (outcomes: readonly JobOutcome[]): unknown[] => [
  outcomes.map(({ id }) => id),
  outcomes.map(({ attempt }) => attempt),
  outcomes.map(({ status }) => status),
  outcomes.map(({ progress }) => progress),
  outcomes.map(({ crashed }) => crashed),
  outcomes.map(({ delaySeconds }) => delaySeconds),
  outcomes.map(({ error_code }) => error_code),
  // PostgreSQL takes every character but NUL.
  outcomes.map(({ error_message }) => error_message?.toWellFormed().replaceAll('\0', '') ?? null),
];

/** Writes what attempts came to. Returns the ids of those that were still theirs: others have been taken over or cancelled. */
export async function finishJobs(
  db: EntityManager,
  kind: JobKind,
  outcomes: readonly JobOutcome[],
): Promise<Set<string>> {
  const rows = await db.query<{ id: string }[]>(finishSql(kind), outcomeValues(outcomes));
  return new Set(rows.map(({ id }) => id));
}

/** The same as a statement alone, which PostgreSQL has prepared. */
export async function finishJobsAlone(db: Pool, kind: JobKind, outcomes: readonly JobOutcome[]): Promise<Set<string>> {
  const named = { name: `finish-${kind.name}`, text: finishSql(kind), values: outcomeValues(outcomes) };
  const { rows } = await db.query<{ id: string }>(named);
  return new Set(rows.map(({ id }) => id));
}

/** Which of these outcomes stand already: asked when the answer to a commit was lost. */
export async function finishedBefore(db: Pool, kind: JobKind, outcomes: readonly JobOutcome[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT job.id FROM ${kind.table} AS job
       JOIN unnest($1::uuid[], $2::int[], $3::text[]) AS o (id, attempt, status)
         ON o.id = job.id AND o.attempt = job.attempts AND o.status = job.status`,
    outcomeValues(outcomes).slice(0, 3),
  );
  return new Set(rows.map(({ id }) => id));
}

export type AttemptId = Pick<JobFacts, 'id' | 'attempt'>;

/** All attempts that a worker holds by the word of PostgreSQL. */
export async function heldJobs(db: Pool, kind: JobKind, workerId: string): Promise<AttemptId[]> {
  const { rows } = await db.query<AttemptId>({
    name: `held-${kind.name}`,
    text: `SELECT id, attempts AS attempt FROM ${kind.table} WHERE status = 'processing' AND worker_id = $1`,
    values: [workerId],
  });
  return rows;
}

/** Takes attempts over to the new id of a worker whose lease was lost, where no other worker has taken them. */
export async function adoptJobs(
  db: Pool,
  kind: JobKind,
  workerId: string,
  attempts: readonly AttemptId[],
): Promise<void> {
  await db.query(
    `UPDATE ${kind.table} AS job SET worker_id = $3
       FROM (SELECT job.id FROM ${kind.table} AS job JOIN unnest($1::uuid[], $2::int[]) AS mine (id, attempt) ON mine.id = job.id
              WHERE job.attempts = mine.attempt AND job.status = 'processing' ORDER BY job.id FOR NO KEY UPDATE OF job) AS mine
      WHERE job.id = mine.id`,
    [attempts.map(({ id }) => id), attempts.map(({ attempt }) => attempt), workerId],
  );
}

/** Lets go of attempts that a worker holds and does nothing with: they are lost, and taken back like all that is. */
export async function releaseJobs(
  db: Pool,
  kind: JobKind,
  workerId: string,
  attempts: readonly AttemptId[],
): Promise<void> {
  await db.query(
    `UPDATE ${kind.table} AS job SET worker_id = NULL
       FROM (SELECT job.id FROM ${kind.table} AS job JOIN unnest($1::uuid[], $2::int[]) AS mine (id, attempt) ON mine.id = job.id
              WHERE job.attempts = mine.attempt AND job.status = 'processing' AND job.worker_id = $3
              ORDER BY job.id FOR NO KEY UPDATE OF job) AS mine
      WHERE job.id = mine.id`,
    [attempts.map(({ id }) => id), attempts.map(({ attempt }) => attempt), workerId],
  );
}

/** Remembers how far jobs are, coarsely, for the time when Redis has forgotten it. */
export async function saveProgress(
  db: Pool,
  kind: JobKind,
  reached: readonly { id: string; attempt: number; progress: number }[],
): Promise<void> {
  await db.query(
    `UPDATE ${kind.table} AS job SET progress = mine.progress
       FROM unnest($1::uuid[], $2::int[], $3::smallint[]) AS mine (id, attempt, progress)
      WHERE job.id = mine.id AND job.attempts = mine.attempt AND job.status = 'processing' AND job.progress < mine.progress`,
    [reached.map(({ id }) => id), reached.map(({ attempt }) => attempt), reached.map(({ progress }) => progress)],
  );
}

/** A row whose state has changed outside an attempt. */
export interface ChangedJob extends JobFacts {
  readonly job_id: string;
  readonly status: string;
}

const CHANGED = 'job.id, job.owner_id, job.status, job.attempts AS attempt, job.job_id';

/**
 * Ends a queued or processing job at its owner's wish; null when it has ended already.
 * @param progress percent that a reader may have seen
 */
export async function cancelJob(
  db: EntityManager,
  kind: JobKind,
  id: string,
  progress: number,
): Promise<ChangedJob | null> {
  const [row] = await db.query<ChangedJob[]>(
    `WITH changed AS (
       UPDATE ${kind.table} AS job
          SET status = 'cancelled', worker_id = NULL, progress = greatest(job.progress, $2), completed_at = now(),
              error_message = NULL${clears(kind, 'true')}
        WHERE job.id = $1 AND job.status IN ('queued', 'processing')
       RETURNING ${CHANGED})${toOutbox(kind)}
     SELECT * FROM changed`,
    [id, progress],
  );
  return row ?? null;
}

/** Starts a failed or cancelled job over, under a new `job_id`; null when it is neither. */
export async function restartJob(db: EntityManager, kind: JobKind, id: string): Promise<ChangedJob | null> {
  const [row] = await db.query<ChangedJob[]>(
    `WITH changed AS (
       UPDATE ${kind.table} AS job
          SET status = 'queued', job_id = job.id || '-' || job.attempts + 1, crashes = 0, progress = 0,
              queued_at = clock_timestamp(), run_at = clock_timestamp(), started_at = NULL, completed_at = NULL,
              error_code = NULL, error_message = NULL${(kind.clearsOnRestart ?? []).map((column) => `, ${column} = NULL`).join('')}
        WHERE job.id = $1 AND job.status IN ('failed', 'cancelled')
       RETURNING ${CHANGED})${toOutbox(kind)}
     SELECT * FROM changed`,
    [id],
  );
  return row ?? null;
}

/** Removes the row of a job; null when there is none. Returns the state that it had. */
export async function removeJob(db: EntityManager, kind: JobKind, id: string): Promise<ChangedJob | null> {
  const [row] = await db.query<ChangedJob[]>(
    `WITH removed AS (DELETE FROM ${kind.table} AS job WHERE job.id = $1 RETURNING ${CHANGED}),
          changed AS (SELECT id, owner_id, 'removed' AS status, attempt FROM removed)${toOutbox(kind)}
     SELECT * FROM removed`,
    [id],
  );
  return row ?? null;
}

/** Tells of jobs that the caller has just inserted. */
export async function announceInserted(db: EntityManager, kind: JobKind, ids: readonly string[]): Promise<void> {
  if (kind.event === undefined) return;
  await db.query(
    `WITH changed AS (SELECT ${CHANGED} FROM ${kind.table} AS job WHERE job.id = ANY ($1::uuid[]))${toOutbox(kind)}
     SELECT FROM changed`,
    [ids],
  );
}

export const isFinal = (status: string): status is FinalStatus => ['completed', 'failed', 'cancelled'].includes(status);
