import type { EntityManager } from 'typeorm';
import type { UserRow } from '../users/users.queries.js';

/** Seconds for which a token is good. */
const LIFE = 3600;

/** Written for every address alike: whether it has an account is looked up later. */
export async function insertRequest(db: EntityManager, id: string, email: string): Promise<void> {
  await db.query('INSERT INTO password_reset_requests (id, job_id, email) VALUES ($1::uuid, $1::uuid::text, $2)', [
    id,
    email,
  ]);
}

/** A token for the account; false when it has been given so many within the life of one. */
export async function insertReset(db: EntityManager, userId: string, sha256: Buffer, most: number): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `INSERT INTO password_resets (sha256, user_id, expires_at)
     SELECT $2, $1, now() + make_interval(secs => $3)
      WHERE (SELECT count(*) FROM password_resets WHERE user_id = $1 AND expires_at > now()) < $4
     RETURNING 1`,
    [userId, sha256, LIFE, most],
  );
  return rows.length > 0;
}

export async function isResetOpen(db: EntityManager, sha256: Buffer): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    'SELECT 1 FROM password_resets WHERE sha256 = $1 AND used_at IS NULL AND expires_at > now()',
    [sha256],
  );
  return rows.length > 0;
}

/** Uses a token up, and with it all others of its account; null unless it was good, unused and of an enabled account. */
export async function useReset(db: EntityManager, sha256: Buffer, password_hash: string): Promise<UserRow | null> {
  const [user] = await db.query<[UserRow?]>(
    `WITH used AS (
       UPDATE password_resets SET used_at = now()
        WHERE sha256 = $1 AND used_at IS NULL AND expires_at > now() RETURNING user_id),
     closed AS (
       UPDATE password_resets SET used_at = now() FROM used
        WHERE password_resets.user_id = used.user_id AND used_at IS NULL AND sha256 <> $1),
     changed AS (
       UPDATE users SET password_hash = $2 FROM used WHERE users.id = used.user_id AND disabled_at IS NULL RETURNING users.*)
     SELECT id, username, email, lower(email) AS address, password_hash, role, disabled_at, created_at FROM changed`,
    [sha256, password_hash],
  );
  return user ?? null;
}
