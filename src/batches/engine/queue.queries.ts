import type { EntityManager } from 'typeorm';
import type { RowCounts } from '../../platform/queue/queue-state.js';

/** A batch that may be worked on and has a chunk that nobody has taken. Chunks of paused batches do not wait. */
const WAITING = `b.status IN ('queued', 'processing') AND c.worker_id IS NULL AND c.pending > 0`;

/** Chunks that wait and chunks that are leased, everybody's. */
export async function countOpenChunks(db: EntityManager): Promise<RowCounts> {
  const [row] = await db.query<[RowCounts]>(
    `SELECT count(*)::int AS waiting,
            (SELECT count(*) FROM batch_chunks WHERE worker_id IS NOT NULL)::int AS in_progress,
            NULL AS failed,
            min(b.created_at) AS oldest_waiting_at
       FROM batches AS b JOIN batch_chunks AS c ON c.batch_id = b.id
      WHERE ${WAITING}`,
  );
  return row;
}
