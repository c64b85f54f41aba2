import type { EntityManager } from 'typeorm';

export async function doChunksWait(db: EntityManager): Promise<boolean> {
  const [row] = await db.query<[{ waits: boolean }]>(
    `SELECT EXISTS (
       SELECT FROM batches AS b
        WHERE b.status IN ('queued', 'processing')
          AND EXISTS (SELECT FROM batch_chunks AS c WHERE c.batch_id = b.id AND c.worker_id IS NULL AND c.pending > 0)) AS waits`,
  );
  return row.waits;
}

/**
 * Sweeps away some of what a removed batch has left; answers whether there may be more, of it or of another. Nobody else
 * sweeps the same batch until the transaction ends: who finds nothing because others are at it would take it for done.
 */
export async function sweepSome(db: EntityManager, rows: number): Promise<boolean> {
  const [removal] = await db.query<[{ batch_id: string }?]>(
    'SELECT batch_id FROM batch_removals ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED',
  );
  if (!removal) return false;
  const id = removal.batch_id;
  const more = (await sweepAway(db, 'batch_results', id, rows)) || (await sweepAway(db, 'batch_items', id, rows));
  if (!more) await db.query('DELETE FROM batch_removals WHERE batch_id = $1', [id]);
  return true;
}

/** Whether there may be more. */
async function sweepAway(
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
