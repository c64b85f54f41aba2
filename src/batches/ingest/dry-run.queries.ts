import type { EntityManager } from 'typeorm';
import type { BatchAnalyzer } from '../batches.entity.js';
import type { ItemTable } from './item-copy.js';

/**
 * How many rows of a transaction's COPY have an answer in the result cache.
 * @param batchIds that the rows stand under.
 * @param scope of the questions; the key is made of it as in cache/cache-key.ts.
 * @param seconds for which an answer is good.
 */
export async function countCached(
  db: EntityManager,
  table: ItemTable,
  batchIds: readonly string[],
  scope: string,
  seconds: number,
): Promise<number> {
  const [row] = await db.query<[{ count: number }]>(
    `SELECT count(*)::int AS count
       FROM ${table} AS i
      WHERE i.batch_id = ANY($1) AND i.problem IS NULL AND EXISTS (
        SELECT FROM batch_cache AS c JOIN batch_results AS r ON r.batch_id = c.batch_id AND r.row_number = c.row_number
         WHERE c.key = encode(substr(sha256(convert_to($2 || E'\\n' || i.url, 'UTF8')), 1, 16), 'hex')::uuid
           AND c.cached_at > now() - make_interval(secs => $3) AND r.error_class IS NULL)`,
    [batchIds, scope, seconds],
  );
  return row.count;
}

/** Rows a second at which the owner's last batches of an analyzer went from start to end; null when there is none. */
export async function recentRate(db: EntityManager, ownerId: string, analyzer: BatchAnalyzer): Promise<number | null> {
  const [row] = await db.query<[{ rate: number | null }]>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) AS rate
       FROM (SELECT b.total_urls / greatest(extract(epoch FROM b.completed_at - b.started_at), 0.1)::float8 AS rate
               FROM batches AS b JOIN batch_uploads AS u ON u.id = b.upload_id
              WHERE b.owner_id = $1 AND b.status = 'completed' AND u.analyzer = $2
                AND b.started_at IS NOT NULL
              ORDER BY b.created_at DESC LIMIT 10) AS last`,
    [ownerId, analyzer],
  );
  return row.rate;
}
