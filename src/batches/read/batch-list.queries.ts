import type { EntityManager } from 'typeorm';
import { BATCH_NUMBERS, type BatchRow } from '../status/status.queries.js';
import type { BatchesQuery } from './batch-list.dto.js';

/** Which batches a list is about, as SQL with its parameters. */
export interface BatchFilter {
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
  return { sql: conditions.join(' AND '), values };
}

export async function countBatches(db: EntityManager, filter: BatchFilter): Promise<number> {
  const [row] = await db.query<[{ total: number }]>(
    `SELECT count(*)::int AS total FROM batches AS b WHERE ${filter.sql}`,
    [...filter.values],
  );
  return row.total;
}

/** One page of batches, the newest first. */
export async function listBatches(
  db: EntityManager,
  { sql, values }: BatchFilter,
  offset: number,
  limit: number,
): Promise<BatchRow[]> {
  return db.query<BatchRow[]>(
    `SELECT ${BATCH_NUMBERS}
       FROM (SELECT id FROM batches AS b WHERE ${sql} ORDER BY b.created_at DESC, b.id DESC
              LIMIT $${values.length + 1} OFFSET $${values.length + 2}) AS page
       JOIN batches AS b USING (id) JOIN batch_uploads AS u ON u.id = b.upload_id
      ORDER BY b.created_at DESC, b.id DESC`,
    [...values, limit, offset],
  );
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
