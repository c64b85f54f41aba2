import type { Pool } from 'pg';
import type { BatchAnalyzer, BatchStatus } from '../batches.entity.js';

/** What a claim gives: a chunk, the fence of its lease, and the work of its upload. */
export interface ClaimedChunk {
  readonly batch_id: string;
  readonly number: number;
  readonly attempt: number;
  readonly first_row: number;
  readonly last_row: number;
  readonly pending: number;
  /** Whether an earlier lease has left calls whose end it has not written. */
  readonly left_over: boolean;
  readonly status: BatchStatus;
  readonly upload_id: string;
  readonly owner_id: string;
  readonly analyzer: BatchAnalyzer;
  readonly features: string[];
  readonly options: Record<string, unknown>;
}

/** What a worker has to do already, by upload, and uploads of which it wants no more. */
export interface Load {
  readonly rows: ReadonlyMap<string, number>;
  readonly excluded: readonly string[];
}

/**
 * Uploads with open batches are found by jumping through the index; their next chunks are put in the order of who has
 * least with this worker. Some more are looked at than are taken, because other workers take at the same moment.
 */
const CLAIM = `
WITH RECURSIVE open (upload_id) AS (
  (SELECT upload_id FROM batches WHERE status IN ('queued', 'processing') ORDER BY upload_id LIMIT 1)
  UNION ALL
  SELECT (SELECT b.upload_id FROM batches AS b
           WHERE b.status IN ('queued', 'processing') AND b.upload_id > open.upload_id ORDER BY b.upload_id LIMIT 1)
    FROM open WHERE open.upload_id IS NOT NULL
), turns AS MATERIALIZED (
  SELECT u.id AS upload_id, coalesce(load.rows, 0) AS rows, sum(load.rows) OVER (PARTITION BY u.owner_id) AS rows_of_owner
    FROM open JOIN batch_uploads AS u ON u.id = open.upload_id
    LEFT JOIN unnest($2::uuid[], $3::int[]) AS load (upload_id, rows) ON load.upload_id = u.id
   WHERE u.id <> ALL ($4::uuid[])
), candidates AS MATERIALIZED (
  SELECT next.batch_id, next.number, row_number() OVER (ORDER BY coalesce(rows_of_owner, 0), rows, place) AS rank
    FROM turns CROSS JOIN LATERAL (
      SELECT c.batch_id, c.number, row_number() OVER () AS place
        FROM (SELECT id FROM batches AS b
               WHERE b.upload_id = turns.upload_id AND b.status IN ('queued', 'processing') ORDER BY b.sequence) AS b
       CROSS JOIN LATERAL (SELECT batch_id, number FROM batch_chunks AS c
                            WHERE c.batch_id = b.id AND c.worker_id IS NULL AND c.pending > 0
                            ORDER BY c.number LIMIT $5 + 16) AS c
       LIMIT $5 + 16) AS next
   ORDER BY rank LIMIT $5 + 16
), taken AS MATERIALIZED (
  SELECT c.batch_id, c.number
    FROM candidates JOIN batch_chunks AS c ON (c.batch_id, c.number) = (candidates.batch_id, candidates.number)
   WHERE c.worker_id IS NULL AND c.pending > 0
   ORDER BY candidates.rank LIMIT $5 FOR NO KEY UPDATE OF c SKIP LOCKED
)
UPDATE batch_chunks AS c SET worker_id = $1, attempt = c.attempt + 1
  FROM taken JOIN batches AS b ON b.id = taken.batch_id JOIN batch_uploads AS u ON u.id = b.upload_id
 WHERE (c.batch_id, c.number) = (taken.batch_id, taken.number)
RETURNING c.batch_id, c.number, c.attempt, c.first_row, c.last_row, c.pending, c.calls IS NOT NULL AS left_over, b.status,
          u.id AS upload_id, u.owner_id, u.analyzer, u.features, u.options`;

/**
 * Takes up to `limit` waiting chunks, fairly; none when nothing waits.
 * @throws when the worker's own lease is lost: the foreign key to its row.
 */
export async function claimChunks(db: Pool, workerId: string, load: Load, limit: number): Promise<ClaimedChunk[]> {
  const { rows } = await db.query<ClaimedChunk>({
    name: 'batch-claim',
    text: CLAIM,
    values: [workerId, [...load.rows.keys()], [...load.rows.values()], load.excluded, limit],
  });
  return rows;
}

/** Rows of one chunk that have no end. */
export interface OpenRows {
  readonly numbers: readonly number[];
  /** Of each, normalised. */
  readonly urls: readonly string[];
}

/** One line a chunk: a line a row would cost more to read than to fetch. A normalised URL has no line break. */
const OPEN_ROWS = `
SELECT rows.numbers, rows.urls
  FROM unnest($1::uuid[], $2::int[], $3::int[], $4::boolean[]) WITH ORDINALITY
            AS c (batch_id, first_row, last_row, untouched, place)
 CROSS JOIN LATERAL (
   SELECT string_agg(i.row_number::text, ' ' ORDER BY i.row_number) AS numbers, string_agg(i.url, E'\\n' ORDER BY i.row_number) AS urls
     FROM batch_items AS i
    WHERE i.batch_id = c.batch_id AND i.row_number BETWEEN c.first_row AND c.last_row AND i.problem IS NULL
      AND (c.untouched OR
           (SELECT 1 FROM batch_results AS r WHERE r.batch_id = i.batch_id AND r.row_number = i.row_number) IS NULL)) AS rows
 ORDER BY c.place`;

/** In the order of the chunks. */
export async function openRows(db: Pool, chunks: readonly ClaimedChunk[]): Promise<OpenRows[]> {
  const { rows } = await db.query<{ numbers: string | null; urls: string | null }>({
    name: 'batch-open-rows',
    text: OPEN_ROWS,
    values: [
      chunks.map(({ batch_id }) => batch_id),
      chunks.map(({ first_row }) => first_row),
      chunks.map(({ last_row }) => last_row),
      // None of its rows can have a result when as many wait as there are.
      chunks.map(({ first_row, last_row, pending }) => pending === last_row - first_row + 1),
    ],
  });
  return rows.map(({ numbers, urls }) => ({
    numbers: numbers?.split(' ').map(Number) ?? [],
    urls: urls?.split('\n') ?? [],
  }));
}

/** Says of batches that their first rows are being asked for. */
export async function markStarted(db: Pool, batchIds: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE batches SET status = 'processing', started_at = coalesce(started_at, now())
      WHERE id IN (SELECT id FROM batches WHERE id = ANY ($1::uuid[]) AND status = 'queued' ORDER BY id FOR NO KEY UPDATE)
        AND status = 'queued'`,
    [batchIds],
  );
}

export interface LeasedChunk {
  readonly batchId: string;
  readonly number: number;
  readonly attempt: number;
}

/** All chunks that a worker has leased. */
export async function leasedChunks(db: Pool, workerId: string): Promise<LeasedChunk[]> {
  const { rows } = await db.query<LeasedChunk>(
    'SELECT batch_id AS "batchId", number, attempt FROM batch_chunks WHERE worker_id = $1',
    [workerId],
  );
  return rows;
}

/** Frees chunks whose rows this worker will not ask for. */
export async function releaseChunks(db: Pool, workerId: string, chunks: readonly LeasedChunk[]): Promise<void> {
  await db.query(
    `UPDATE batch_chunks AS c SET worker_id = NULL
       FROM unnest($2::uuid[], $3::int[], $4::int[]) AS mine (batch_id, number, attempt)
      WHERE (c.batch_id, c.number, c.attempt) = (mine.batch_id, mine.number, mine.attempt) AND c.worker_id = $1`,
    [
      workerId,
      chunks.map(({ batchId }) => batchId),
      chunks.map(({ number }) => number),
      chunks.map(({ attempt }) => attempt),
    ],
  );
}

/** Frees all chunks that a worker holds. */
export async function releaseAllChunks(db: Pool, workerId: string): Promise<void> {
  await db.query('UPDATE batch_chunks SET worker_id = NULL WHERE worker_id = $1', [workerId]);
}

/** What has become of batches; one that is gone is not in the answer. */
export async function statusesOf(db: Pool, batchIds: readonly string[]): Promise<Map<string, BatchStatus>> {
  const { rows } = await db.query<{ id: string; status: BatchStatus }>(
    'SELECT id, status FROM batches WHERE id = ANY ($1::uuid[])',
    [batchIds],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}
