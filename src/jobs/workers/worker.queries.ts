import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';

/** @param seconds after which it counts as lost */
export async function insertWorker(db: Pool, id: string, role: string, seconds: number): Promise<void> {
  await db.query(
    'INSERT INTO workers (id, role, host, lease_until) VALUES ($1, $2, $3, now() + make_interval(secs => $4))',
    [id, role, hostname(), seconds],
  );
}

/** Keeps all that a worker holds; false when it counts as lost. */
export async function renewWorker(db: Pool, id: string, seconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE workers SET lease_until = now() + make_interval(secs => $2) WHERE id = $1',
    [id, seconds],
  );
  return rowCount === 1;
}

export async function removeWorker(db: Pool, id: string): Promise<void> {
  await db.query('DELETE FROM workers WHERE id = $1', [id]);
}

/** Removes workers that let their lease run out, unless PostgreSQL was started within the last seconds. */
export async function removeLostWorkers(db: EntityManager, startGraceSeconds: number): Promise<number> {
  const [, count] = await db.query<[unknown[], number]>(
    `DELETE FROM workers
      WHERE lease_until < now() AND pg_postmaster_start_time() < now() - make_interval(secs => $1)`,
    [startGraceSeconds],
  );
  return count;
}
