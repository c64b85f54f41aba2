import type { EntityManager } from 'typeorm';
import type { ItemRow, ItemsQuery, ItemStatus } from './items.dto.js';

/**
 * Names of the further columns of the upload that a batch belongs to; null when there is none.
 * @param ownerId null for whoever's.
 */
export async function columnsOfBatch(
  db: EntityManager,
  ownerId: string | null,
  batchId: string,
): Promise<readonly string[] | null> {
  const [row] = await db.query<[{ columns: string[] }?]>(
    `SELECT u.columns FROM batches AS b JOIN batch_uploads AS u ON u.id = b.upload_id
      WHERE b.id = $1 AND ($2::uuid IS NULL OR b.owner_id = $2)`,
    [batchId, ownerId],
  );
  return row?.columns ?? null;
}

/** The same of all parts of an upload. */
export async function columnsOfUpload(
  db: EntityManager,
  ownerId: string | null,
  uploadId: string,
): Promise<readonly string[] | null> {
  const [row] = await db.query<[{ columns: string[] }?]>(
    `SELECT columns FROM batch_uploads WHERE id = $1 AND ($2::uuid IS NULL OR owner_id = $2)`,
    [uploadId, ownerId],
  );
  return row?.columns ?? null;
}

/** Which chunks can hold rows of a status, by the numbers that are kept of each. */
const CHUNKS: Readonly<Record<ItemStatus, string>> = {
  pending: 'c.pending > 0',
  processing: 'c.pending > 0',
  succeeded: 'c.succeeded > 0',
  failed: 'c.failed > 0',
  cancelled: 'c.pending > 0',
};

/**
 * Rows of a batch in their order, from behind a row on: an index is walked, however deep the list is read. Chunks that
 * cannot hold what is asked for are left out, so that a few rows among very many are found at once.
 */
export async function itemsBehind(
  db: EntityManager,
  batchId: string,
  row: number,
  { status, error_class }: ItemsQuery,
  limit: number,
): Promise<ItemRow[]> {
  const chunks = [...(status ? [CHUNKS[status]] : []), ...(error_class ? [CHUNKS.failed] : [])];
  return db.query<ItemRow[]>(
    `SELECT row_number, url, status, attempts, cached, result, error_class, error_message,
            round(duration::numeric, 3)::float8 AS duration, completed_at, columns
       FROM batch_chunks AS c
      CROSS JOIN LATERAL (
            SELECT * FROM batch_item_states AS i
             WHERE i.batch_id = c.batch_id AND i.row_number BETWEEN greatest(c.first_row, $2 + 1) AND c.last_row
               AND ($3::text IS NULL OR i.status = $3) AND ($4::text IS NULL OR i.error_class = $4)
             ORDER BY i.row_number LIMIT $5) AS item
      WHERE ${['c.batch_id = $1', 'c.last_row > $2', ...chunks].join(' AND ')}
      ORDER BY c.number, row_number LIMIT $5`,
    [batchId, row, status ?? null, error_class ?? null, limit],
  );
}
