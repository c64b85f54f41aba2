import type { EntityManager } from 'typeorm';
import type { ItemRow, ItemsQuery } from './items.dto.js';

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

/** Rows of a batch in their order, from behind a row on: an index is walked, however deep the list is read. */
export async function itemsBehind(
  db: EntityManager,
  batchId: string,
  row: number,
  { status, error_class }: ItemsQuery,
  limit: number,
): Promise<ItemRow[]> {
  return db.query<ItemRow[]>(
    `SELECT row_number, url, status, attempts, cached, result, error_class, error_message,
            round(duration::numeric, 3)::float8 AS duration, completed_at, columns
       FROM batch_item_states
      WHERE batch_id = $1 AND row_number > $2 AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR error_class = $4)
      ORDER BY row_number LIMIT $5`,
    [batchId, row, status ?? null, error_class ?? null, limit],
  );
}
