import type { Pool } from 'pg';
import type { LeasedChunk } from './lease.queries.js';

/** Rows that a chunk should have and that are nowhere: neither as they came in nor as they ended. */
export async function missingRows(db: Pool, { batchId, number }: LeasedChunk): Promise<number[]> {
  const { rows } = await db.query<{ row_number: number }>(
    `SELECT row_number
       FROM batch_chunks AS c CROSS JOIN LATERAL generate_series(c.first_row, c.last_row) AS row_number
      WHERE c.batch_id = $1 AND c.number = $2
        AND NOT EXISTS (SELECT FROM batch_items AS i WHERE i.batch_id = $1 AND i.row_number = row_number.row_number)
        AND NOT EXISTS (SELECT FROM batch_results AS r WHERE r.batch_id = $1 AND r.row_number = row_number.row_number)`,
    [batchId, number],
  );
  return rows.map(({ row_number }) => row_number);
}
