import type { EntityManager } from 'typeorm';
import type { Scope } from '../../platform/http/scopes.js';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: Scope[];
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly created_at: Date;
}

/** Locks the account until the transaction ends, so that its keys are made in turn. Returns the number of its keys. */
export async function countKeysLocked(db: EntityManager, ownerId: string): Promise<number> {
  await db.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [ownerId]);
  const [row] = await db.query<[{ keys: number }]>('SELECT count(*)::int AS keys FROM api_keys WHERE owner_id = $1', [
    ownerId,
  ]);
  return row.keys;
}

export async function insertKey(
  db: EntityManager,
  key: Pick<ApiKeyRow, 'id' | 'name' | 'prefix' | 'scopes' | 'expires_at'> & { ownerId: string; sha256: Buffer },
): Promise<void> {
  await db.query(
    `INSERT INTO api_keys (id, owner_id, name, prefix, sha256, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [key.id, key.ownerId, key.name, key.prefix, key.sha256, key.scopes, key.expires_at],
  );
}

/** The keys of an account, the oldest first. */
export function keysOf(db: EntityManager, ownerId: string): Promise<ApiKeyRow[]> {
  return db.query(
    `SELECT id, name, prefix, scopes, expires_at, last_used_at, created_at
       FROM api_keys WHERE owner_id = $1 ORDER BY created_at, id`,
    [ownerId],
  );
}

/** False when the account has no such key. */
export async function deleteKey(db: EntityManager, ownerId: string, id: string): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>('DELETE FROM api_keys WHERE id = $1 AND owner_id = $2', [
    id,
    ownerId,
  ]);
  return count > 0;
}
