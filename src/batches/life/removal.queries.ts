import type { EntityManager } from 'typeorm';

/** Takes batches' failures out of the numbers of their upload, hosts of which it has no count out of those of the others. */
export async function forgetFailures(db: EntityManager, uploadId: string, batchIds: readonly string[]): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM batch_failures WHERE scope_id = ANY ($2::uuid[]) RETURNING dimension, name, failed),
          summed AS (
            SELECT dimension, known.name, sum(failed)::int AS failed
              FROM gone CROSS JOIN LATERAL (
                SELECT CASE WHEN dimension = 'class' OR EXISTS (SELECT FROM batch_failures AS known WHERE (known.scope_id, known.dimension, known.name) = ($1, 'host', gone.name))
                       THEN name ELSE '(others)' END AS name) AS known
             GROUP BY 1, 2 ORDER BY 1, 2)
     UPDATE batch_failures AS f SET failed = f.failed - summed.failed
       FROM summed WHERE f.scope_id = $1 AND (f.dimension, f.name) = (summed.dimension, summed.name)`,
    [uploadId, batchIds],
  );
}

/** Removes batches and their chunks at once; their rows are left to the sweeper. */
export async function removeBatches(db: EntityManager, batchIds: readonly string[]): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM batches WHERE id = ANY ($1::uuid[]) RETURNING id)
     INSERT INTO batch_removals (batch_id) SELECT id FROM gone`,
    [batchIds],
  );
}

/** Removes an upload of which no part is left; parts that go at the same moment take turns. */
export async function removeEmptyUpload(db: EntityManager, uploadId: string): Promise<void> {
  await db.query('SELECT id FROM batch_uploads WHERE id = $1 FOR UPDATE', [uploadId]);
  const gone = await db.query<[unknown[], number]>(
    `DELETE FROM batch_uploads AS u WHERE id = $1 AND NOT EXISTS (SELECT FROM batches WHERE upload_id = u.id)`,
    [uploadId],
  );
  if (gone[1] > 0) await db.query('DELETE FROM batch_failures WHERE scope_id = $1', [uploadId]);
}
