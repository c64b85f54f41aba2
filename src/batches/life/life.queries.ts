import type { EntityManager } from 'typeorm';
import type { BatchStatus } from '../batches.entity.js';

/** One batch, or all parts of an upload. */
export interface Target {
  readonly kind: 'batch' | 'upload';
  readonly id: string;
}

export interface LockedBatch {
  readonly id: string;
  readonly upload_id: string;
  readonly status: BatchStatus;
}

const COLUMN = { batch: 'id', upload: 'upload_id' } as const;

/** Holds batches of one owner against every other change until the transaction ends. */
export function lockBatches(db: EntityManager, ownerId: string, { kind, id }: Target): Promise<LockedBatch[]> {
  return db.query(
    `SELECT id, upload_id, status FROM batches
      WHERE ${COLUMN[kind]} = $1 AND owner_id = $2 ORDER BY id FOR NO KEY UPDATE`,
    [id, ownerId],
  );
}

export async function pauseBatches(db: EntityManager, ids: readonly string[]): Promise<void> {
  await db.query(`UPDATE batches SET status = 'paused' WHERE id = ANY ($1::uuid[])`, [ids]);
}

export async function resumeBatches(db: EntityManager, ids: readonly string[]): Promise<void> {
  await db.query(
    `UPDATE batches SET status = CASE WHEN started_at IS NULL THEN 'queued' ELSE 'processing' END WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
}

/** What is pending counts as cancelled from now on; no row has to be touched for it. */
export async function cancelBatches(db: EntityManager, ids: readonly string[]): Promise<void> {
  await db.query(`UPDATE batches SET status = 'cancelled', completed_at = now() WHERE id = ANY ($1::uuid[])`, [ids]);
}
