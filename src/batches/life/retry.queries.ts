import type { EntityManager } from 'typeorm';
import type { ErrorClass } from '../batches.entity.js';

/**
 * Takes the results of failed rows away, which makes the rows open again, and takes them out of all numbers. Rows without
 * a usable URL have no result and stay as they are. Only for a batch that is locked.
 */
const REOPEN = `
WITH reopened AS (
  DELETE FROM batch_results
   WHERE batch_id = $1 AND error_class IS NOT NULL AND ($2::text[] IS NULL OR error_class = ANY ($2))
  RETURNING row_number, attempts, error_class, host
), remembered AS (
  UPDATE batch_items AS i SET attempts = least(i.attempts + reopened.attempts, 32767)
    FROM reopened WHERE i.batch_id = $1 AND i.row_number = reopened.row_number
), chunks AS (
  UPDATE batch_chunks AS c SET pending = c.pending + n.rows, failed = c.failed - n.rows,
         -- A note that came after the result is of calls that the result has counted.
         calls = nullif(c.calls - n.numbers, '{}')
    FROM (SELECT (reopened.row_number - b.first_row) / u.chunk_size + 1 AS number, count(*)::int AS rows,
                 array_agg(reopened.row_number::text) AS numbers
            FROM reopened, batches AS b JOIN batch_uploads AS u ON u.id = b.upload_id WHERE b.id = $1 GROUP BY 1) AS n
   WHERE c.batch_id = $1 AND c.number = n.number
), failures AS (
  SELECT scope.id AS scope_id, named.dimension, named.name, count(*)::int AS failed
    FROM reopened CROSS JOIN batches AS b
   CROSS JOIN LATERAL (VALUES (b.id), (b.upload_id)) AS scope (id)
   CROSS JOIN LATERAL (VALUES ('class', reopened.error_class), ('host', reopened.host)) AS named (dimension, name)
   WHERE b.id = $1 AND named.name IS NOT NULL GROUP BY 1, 2, 3
), summed AS (
  INSERT INTO batch_failures AS f (scope_id, dimension, name, failed)
  SELECT scope_id, dimension, known.name, -sum(failed)
    FROM failures CROSS JOIN LATERAL (
      SELECT CASE WHEN dimension = 'class' OR EXISTS (SELECT FROM batch_failures AS known WHERE (known.scope_id, known.dimension, known.name) = (failures.scope_id, 'host', failures.name))
             THEN name ELSE '(others)' END AS name) AS known
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (scope_id, dimension, name) DO UPDATE SET failed = f.failed + excluded.failed
), batch AS (
  UPDATE batches AS b
     SET pending = b.pending + n.rows, failed = b.failed - n.rows, completed_at = NULL,
         status = CASE WHEN b.status IN ('completed', 'failed') THEN 'queued' ELSE b.status END
    FROM (SELECT count(*)::int AS rows FROM reopened) AS n WHERE b.id = $1 AND n.rows > 0
)
SELECT count(*)::int AS rows FROM reopened`;

/** Opens the failed rows of a batch again, all or those of some classes; answers how many. */
export async function reopenFailed(
  db: EntityManager,
  batchId: string,
  classes: readonly ErrorClass[] | null,
): Promise<number> {
  const [row] = await db.query<[{ rows: number }]>(REOPEN, [batchId, classes]);
  return row.rows;
}

/** Which of these batches have failed rows that can be opened again. */
export async function reopenable(
  db: EntityManager,
  batchIds: readonly string[],
  classes: readonly ErrorClass[] | null,
): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT DISTINCT scope_id AS id FROM batch_failures
      WHERE scope_id = ANY ($1::uuid[]) AND dimension = 'class' AND failed > 0 AND name <> 'invalid_url'
        AND ($2::text[] IS NULL OR name = ANY ($2)) ORDER BY 1`,
    [batchIds, classes],
  );
  return rows.map(({ id }) => id);
}
