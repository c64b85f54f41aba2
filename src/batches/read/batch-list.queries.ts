import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { BATCH_NUMBERS, type BatchRow } from '../status/status.queries.js';
import type { BatchesQuery } from './batch-list.dto.js';

/** Which batches a list is about, as SQL with its parameters. */
export interface BatchFilter {
  /** Of the prepared statement: one for each set of conditions. */
  readonly name: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

export function filterOf(ownerId: string, { status, parent_batch_id, q }: BatchesQuery): BatchFilter {
  const values: unknown[] = [];
  const where = (condition: string, value: unknown) => `${condition} $${values.push(value)}`;
  const conditions = [where('b.owner_id =', ownerId)];
  if (status) conditions.push(where('b.status =', status));
  if (parent_batch_id) conditions.push(where('b.upload_id =', parent_batch_id));
  const words = q?.toWellFormed().replaceAll('\0', '');
  if (words) conditions.push(where('b.name ILIKE', `%${words.replace(/[\\%_]/g, '\\$&')}%`));
  const name = ['batches-of-owner', status && 'status', parent_batch_id && 'upload', words && 'name'];
  return { name: name.filter(Boolean).join('-'), sql: conditions.join(' AND '), values };
}

/** A batch, or nothing where the page is empty; beside the total. */
type Found = { readonly total: number } & (BatchRow | { readonly batch_id: null });

/** Returns one page of batches, the newest first, and how many there are in all, by one statement of one moment. */
export async function listBatches(
  pool: Pool,
  { name, sql, values }: BatchFilter,
  offset: number,
  limit: number,
): Promise<{ rows: BatchRow[]; total: number }> {
  const { rows: found } = await pool.query<Found>({
    name,
    text: `
      SELECT counted.total, page.*
        FROM (SELECT count(*)::int AS total FROM batches AS b WHERE ${sql}) AS counted
        LEFT JOIN (SELECT ${BATCH_NUMBERS}
                     FROM (SELECT id FROM batches AS b WHERE ${sql} ORDER BY b.created_at DESC, b.id DESC
                            LIMIT $${values.length + 1} OFFSET $${values.length + 2}) AS page
                     JOIN batches AS b USING (id) JOIN batch_uploads AS u ON u.id = b.upload_id) AS page ON true
       ORDER BY page.created_at DESC, page.batch_id DESC`,
    values: [...values, limit, offset],
  });
  const pairs = found.map(({ total, ...batch }) => ({ total, batch }));
  const rows = pairs.map(({ batch }) => batch).filter((batch): batch is BatchRow => batch.batch_id !== null);
  return { rows, total: pairs[0]?.total ?? 0 };
}

/**
 * All parts of the upload that a batch belongs to, in their order.
 * @param ownerId null for whoever's.
 */
export async function relatedBatches(db: EntityManager, ownerId: string | null, batchId: string): Promise<BatchRow[]> {
  return db.query<BatchRow[]>(
    `SELECT ${BATCH_NUMBERS}
       FROM batches AS own
       JOIN batches AS b ON b.upload_id = own.upload_id
       JOIN batch_uploads AS u ON u.id = b.upload_id
      WHERE own.id = $1 AND ($2::uuid IS NULL OR own.owner_id = $2) ORDER BY b.sequence`,
    [batchId, ownerId],
  );
}
