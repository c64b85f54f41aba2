import type { EntityManager } from 'typeorm';
import type { AnalysisOptions } from './analyzer.js';
import type { FileType } from '../media/media-type/file-types.js';

/** Attempts of one run that may take their process with them; then the file is poison. */
export const MAX_CRASHES = 3;

/** A worker's right to one attempt at an analysis; the attempt's number is the fence. */
export interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly owner_id: string | null;
  readonly file_type: FileType;
  readonly media_type: string;
  readonly storage_key: string;
  readonly features: string[];
  readonly options: AnalysisOptions;
  readonly progress: number;
  readonly job_id: string;
  readonly request_id: string | null;
}

/** How many analyses wait in the lane of an owner. */
export async function countQueued(db: EntityManager, ownerId: string): Promise<number> {
  const [row] = await db.query<[{ queued: number }]>(
    `SELECT count(*)::int AS queued FROM analyses WHERE status = 'queued' AND owner_id = $1`,
    [ownerId],
  );
  return row.queued;
}

/** Lets the transactions that fill one owner's lane take turns, so that together they never overfill it. */
export async function lockLane(db: EntityManager, ownerId: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('lane:' || $1, 0))`, [ownerId]);
}

/** How many queued analyses come before and including this one; null when it does not wait. */
export async function queuePosition(db: EntityManager, id: string): Promise<number | null> {
  const [row] = await db.query<[{ position: number | null }?]>(
    `SELECT (SELECT count(*)::int FROM analyses
              WHERE status = 'queued' AND (queued_at, id) <= (mine.queued_at, mine.id)) AS position
       FROM analyses AS mine WHERE id = $1 AND status = 'queued'`,
    [id],
  );
  return row?.position ?? null;
}

/**
 * Its worker has let the lease run out. Right after a start of PostgreSQL this says nothing: nobody could renew before,
 * and those who live do so within a few seconds.
 */
export const LOST = `status = 'processing' AND lease_until < now() AND pg_postmaster_start_time() < now() - interval '5 s'`;

/** Takes a queued analysis, or one whose worker was lost, for this worker; null when there is nothing to do. */
export async function claim(db: EntityManager, id: string, leaseSeconds: number): Promise<Claim | null> {
  const [rows] = await db.query<[Claim[], number]>(
    `UPDATE analyses
        SET status = 'processing', attempts = attempts + 1, started_at = coalesce(started_at, now()),
            crashes = crashes + (status = 'processing')::int, lease_until = now() + make_interval(secs => $2)
      WHERE id = $1 AND (status = 'queued' OR (${LOST} AND crashes < $3 - 1))
  RETURNING id, attempts AS attempt, owner_id, file_type, media_type, storage_key, features, options, progress, job_id, request_id`,
    [id, leaseSeconds, MAX_CRASHES],
  );
  return rows[0] ?? null;
}

/** Keeps the claim alive and remembers the progress; false when the analysis is no longer this worker's. */
export async function renew(db: EntityManager, claim: Claim, leaseSeconds: number, progress: number): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses SET lease_until = now() + make_interval(secs => $3), progress = greatest(progress, $4)
      WHERE id = $1 AND attempts = $2 AND status = 'processing'`,
    [claim.id, claim.attempt, leaseSeconds, progress],
  );
  return count > 0;
}

/** Ends the attempt with results; false when it is no longer this worker's to end. */
export async function complete(
  db: EntityManager,
  claim: Claim,
  results: string,
  processingTime: number,
): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'completed', lease_until = NULL, progress = 100, results = $3, results_bytes = $5, processing_time = $4,
            completed_at = now()
      WHERE id = $1 AND attempts = $2 AND status = 'processing'`,
    [claim.id, claim.attempt, results, processingTime, Buffer.byteLength(results)],
  );
  return count > 0;
}

/**
 * Ends the attempt for good with an error.
 * @param progress percent that a reader may have seen
 */
export async function fail(
  db: EntityManager,
  claim: Claim,
  error: { code: string; message: string },
  processingTime: number,
  progress: number,
): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'failed', lease_until = NULL, progress = greatest(progress, $6), error_code = $3, error_message = $4,
            processing_time = $5, completed_at = now()
      WHERE id = $1 AND attempts = $2 AND status = 'processing'`,
    [claim.id, claim.attempt, error.code, error.message, processingTime, progress],
  );
  return count > 0;
}

/**
 * Puts the analysis back into the queue: after a crash of the analyzer, which counts, or at a shutdown, which does not.
 * @param progress percent that a reader may have seen
 */
export async function handBack(db: EntityManager, claim: Claim, crashed: boolean, progress: number): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'queued', lease_until = NULL, crashes = crashes + $3::int, progress = greatest(progress, $5)
      WHERE id = $1 AND attempts = $2 AND status = 'processing' AND crashes + $3::int < $4`,
    [claim.id, claim.attempt, crashed ? 1 : 0, MAX_CRASHES, progress],
  );
  return count > 0;
}

/** Whether this very attempt has been completed: asked when the answer to the finish was lost. */
export async function isCompletedBy(db: EntityManager, claim: Claim): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `SELECT 1 FROM analyses WHERE id = $1 AND attempts = $2 AND status = 'completed'`,
    [claim.id, claim.attempt],
  );
  return rows.length > 0;
}

/**
 * Ends a queued or processing analysis at its owner's wish.
 * @param progress percent that a reader may have seen
 */
export async function cancel(db: EntityManager, id: string, progress: number): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'cancelled', lease_until = NULL, progress = greatest(progress, $2), completed_at = now()
      WHERE id = $1 AND status IN ('queued', 'processing')`,
    [id, progress],
  );
  return count > 0;
}

/** Starts a failed or cancelled analysis over, under a new job. */
export async function requeue(db: EntityManager, id: string): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'queued', job_id = id || '-' || attempts + 1, crashes = 0, progress = 0, queued_at = clock_timestamp(),
            error_code = NULL, error_message = NULL, processing_time = NULL, started_at = NULL, completed_at = NULL
      WHERE id = $1 AND status IN ('failed', 'cancelled')`,
    [id],
  );
  return count > 0;
}

/** Removes the row and its share of the totals; its files are marked to be removed. */
export async function remove(db: EntityManager, id: string): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>('DELETE FROM analyses WHERE id = $1', [id]);
  return count > 0;
}
