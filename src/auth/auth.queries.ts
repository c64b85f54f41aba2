import type { EntityManager } from 'typeorm';

/** Days for which it can be looked up that there was a session. */
const KEEP_DAYS = 30;

/** Removes sessions that are long over, and with them their refresh tokens. */
export async function removeOldSessions(db: EntityManager): Promise<void> {
  await db.query(
    `DELETE FROM sessions
      WHERE expires_at < now() - make_interval(days => $1) OR ended_at < now() - make_interval(days => $1)`,
    [KEEP_DAYS],
  );
}

/** Removes used refresh tokens that would be refused for their age as well. */
export async function removeOldRefreshTokens(db: EntityManager): Promise<void> {
  await db.query('DELETE FROM refresh_tokens WHERE used_at IS NOT NULL AND expires_at < now()');
}

export async function removeOldResets(db: EntityManager): Promise<void> {
  await db.query(`DELETE FROM password_resets WHERE expires_at < now() - interval '1 day'`);
}
