import type { Pool } from 'pg';
import type { ClaimedChunk, LeasedChunk } from './lease.queries.js';

/**
 * Of one chunk alone: who holds one lock waits for nobody in a circle. A crash of PostgreSQL may lose what it has not yet
 * flushed of these, a kill of the worker does not; so nobody waits for its disk.
 */
const NOTE_CALLS = `
UPDATE batch_chunks AS c SET calls = coalesce(c.calls, '{}') || $5::jsonb
  FROM (SELECT set_config('synchronous_commit', 'off', true)) AS mode
 WHERE (c.batch_id, c.number, c.attempt) = ($2, $3, $4) AND c.worker_id = $1`;

/** Writes how often rows of a chunk have been asked for under its lease, as long as the worker holds it. */
export async function noteCalls(
  db: Pool,
  workerId: string,
  { batchId, number, attempt }: LeasedChunk,
  calls: Readonly<Record<number, number>>,
): Promise<void> {
  await db.query({
    name: 'batch-note-calls',
    text: NOTE_CALLS,
    values: [workerId, batchId, number, attempt, JSON.stringify(calls)],
  });
}

const COUNT_CALLS = `
WITH left_over AS MATERIALIZED (
  SELECT c.batch_id, c.number, c.calls
    FROM batch_chunks AS c JOIN unnest($2::uuid[], $3::int[]) AS mine (batch_id, number) USING (batch_id, number)
   WHERE c.worker_id = $1 AND c.calls IS NOT NULL
   ORDER BY c.batch_id, c.number FOR NO KEY UPDATE OF c
), counted AS (
  UPDATE batch_items AS i SET attempts = least(i.attempts + called.times::int, 32767)
    FROM left_over CROSS JOIN LATERAL jsonb_each_text(left_over.calls) AS called (row_number, times)
   WHERE i.batch_id = left_over.batch_id AND i.row_number = called.row_number::int
     -- A note may have come after the result, which counts its calls itself.
     AND NOT EXISTS (SELECT FROM batch_results AS r WHERE (r.batch_id, r.row_number) = (i.batch_id, i.row_number))
)
UPDATE batch_chunks AS c SET calls = NULL
  FROM left_over WHERE (c.batch_id, c.number) = (left_over.batch_id, left_over.number)`;

/** Adds calls whose end an earlier lease has not written to the attempts of their rows. */
export async function countLeftOverCalls(db: Pool, workerId: string, chunks: readonly ClaimedChunk[]): Promise<void> {
  await db.query(COUNT_CALLS, [workerId, chunks.map(({ batch_id }) => batch_id), chunks.map(({ number }) => number)]);
}
