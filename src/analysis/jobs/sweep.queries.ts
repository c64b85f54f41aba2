import type { EntityManager } from 'typeorm';
import type { Analysis } from '../analysis.entity.js';
import { LOST, MAX_CRASHES } from '../analysis.queries.js';

/** Analyses that somebody should work on: queued for a while, or left by a worker that died. */
export function unattended(
  db: EntityManager,
  seconds: number,
  limit: number,
): Promise<Pick<Analysis, 'id' | 'job_id' | 'attempts' | 'status'>[]> {
  return db.query(
    `(SELECT id, job_id, attempts, status FROM analyses
       WHERE status = 'queued' AND queued_at < now() - make_interval(secs => $1) ORDER BY queued_at, id LIMIT $2)
      UNION ALL
     (SELECT id, job_id, attempts, status FROM analyses
       WHERE ${LOST} AND crashes < $3 - 1 LIMIT $2)`,
    [seconds, limit, MAX_CRASHES],
  );
}

/** An attempt whose worker is lost, at what has cost as many workers as is allowed. */
export interface Poison {
  readonly id: string;
  readonly attempt: number;
  readonly job_id: string;
}

export function poisonous(db: EntityManager, limit: number): Promise<Poison[]> {
  return db.query(
    `SELECT id, attempts AS attempt, job_id FROM analyses WHERE ${LOST} AND crashes >= $1 - 1 ORDER BY lease_until LIMIT $2`,
    [MAX_CRASHES, limit],
  );
}

/**
 * Fails what has killed its worker once too often; false when it is no longer so.
 * @param progress percent that a reader may have seen
 */
export async function failPoison(
  db: EntityManager,
  { id, attempt }: Poison,
  error: { code: string; message: string },
  progress: number,
): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE analyses
        SET status = 'failed', lease_until = NULL, crashes = crashes + 1, progress = greatest(progress, $3),
            error_code = $4, error_message = $5, completed_at = now()
      WHERE id = $1 AND attempts = $2 AND ${LOST}`,
    [id, attempt, progress, error.code, error.message],
  );
  return count > 0;
}
