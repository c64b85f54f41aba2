import type { EntityManager } from 'typeorm';

/**
 * Removes workers that have let their lease run out; their chunks are free with that. Right after a start of PostgreSQL
 * an old lease says nothing: nobody could renew before, and those who live do so within a few seconds.
 */
export async function removeLostWorkers(db: EntityManager): Promise<number> {
  const [, count] = await db.query<[unknown[], number]>(
    `DELETE FROM batch_workers WHERE lease_until < now() AND pg_postmaster_start_time() < now() - interval '5 s'`,
  );
  return count;
}

export async function doChunksWait(db: EntityManager): Promise<boolean> {
  const [row] = await db.query<[{ waits: boolean }]>(
    `SELECT EXISTS (
       SELECT FROM batches AS b
        WHERE b.status IN ('queued', 'processing')
          AND EXISTS (SELECT FROM batch_chunks AS c WHERE c.batch_id = b.id AND c.worker_id IS NULL AND c.pending > 0)) AS waits`,
  );
  return row.waits;
}

/** A batch that is gone and may have left rows. */
export async function nextRemoval(db: EntityManager): Promise<string | null> {
  const [row] = await db.query<[{ batch_id: string }?]>(
    'SELECT batch_id FROM batch_removals ORDER BY created_at LIMIT 1',
  );
  return row?.batch_id ?? null;
}

/** Sweeps away some of what a batch has left; answers whether there may be more. */
export async function sweepAway(
  db: EntityManager,
  table: 'batch_items' | 'batch_results',
  batchId: string,
  rows: number,
): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `DELETE FROM ${table} WHERE batch_id = $1 AND row_number IN (
       SELECT row_number FROM ${table} WHERE batch_id = $1 ORDER BY row_number LIMIT $2)`,
    [batchId, rows],
  );
  return count === rows;
}

export async function endRemoval(db: EntityManager, batchId: string): Promise<void> {
  await db.query('DELETE FROM batch_removals WHERE batch_id = $1', [batchId]);
}
