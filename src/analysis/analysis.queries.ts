import type { EntityManager } from 'typeorm';

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

/** Writes the results of an analysis that has just been completed. */
export async function saveResults(db: EntityManager, id: string, results: string): Promise<void> {
  await db.query('UPDATE analyses SET results = $2, results_bytes = $3 WHERE id = $1', [
    id,
    results,
    Buffer.byteLength(results),
  ]);
}

/** @param seconds of the attempt that ended it */
export async function saveProcessingTime(db: EntityManager, id: string, seconds: number): Promise<void> {
  await db.query('UPDATE analyses SET processing_time = $2 WHERE id = $1', [id, seconds]);
}
