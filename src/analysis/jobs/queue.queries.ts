import type { EntityManager } from 'typeorm';
import type { RowCounts } from '../../platform/queue/queue-state.js';

/** What waits and what is worked on, everybody's; by indexes that are as small as that. */
export async function countOpenAnalyses(db: EntityManager): Promise<RowCounts> {
  const [row] = await db.query<[RowCounts]>(
    `SELECT (SELECT count(*) FROM analyses WHERE status = 'queued')::int AS waiting,
            (SELECT count(*) FROM analyses WHERE status = 'processing')::int AS in_progress,
            NULL AS failed,
            (SELECT min(queued_at) FROM analyses WHERE status = 'queued') AS oldest_waiting_at`,
  );
  return row;
}
