import type { EntityManager } from 'typeorm';

/** A change of a job's state. */
export interface JobChange {
  /** Grows with each change of one job. */
  readonly id: string;
  readonly kind: string;
  /** Of the job's row. */
  readonly subject_id: string;
  readonly owner_id: string | null;
  /** What the job is now: its status, or `removed`. */
  readonly status: string;
  readonly attempt: number;
  readonly created_at: Date;
}

/** Of advisory locks, that of the process that delivers. */
const DELIVERY_LOCK = 7_033_849_121;

/** Waits until no other process delivers, for as long as the transaction: changes of one job are delivered in their order. */
export async function lockDelivery(db: EntityManager): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock($1)', [DELIVERY_LOCK]);
}

/** Takes the oldest changes out of the outbox; they are back if the transaction does not commit. */
export async function takeChanges(db: EntityManager, limit: number): Promise<JobChange[]> {
  const rows = await db.query<JobChange[]>(
    `WITH taken AS (
       DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT $1) RETURNING *)
     SELECT id, kind, subject_id, owner_id, status, attempt, created_at FROM taken ORDER BY id`,
    [limit],
  );
  return rows;
}
