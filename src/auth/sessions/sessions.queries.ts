import type { QueryConfig } from 'pg';
import type { EntityManager } from 'typeorm';
import { auditInsert, type NewAuditRow } from '../../audit/audit.queries.js';
import type { Role, UserRow } from '../users/users.queries.js';

/** Seconds for which a refresh token is good; each use of one gives its session as much again. */
export const REFRESH_TOKEN_LIFE = 30 * 86_400;

/** Time for which a used refresh token gets the same response again, in case that was lost. */
const REUSE_SECONDS = 10;

export interface OpenSession {
  readonly session_id: string;
  readonly user_id: string;
  readonly role: Role;
}

export interface NewSession {
  readonly id: string;
  readonly user: Pick<UserRow, 'id' | 'password_hash'>;
  readonly ipAddress: string;
  readonly userAgent: string | null;
  /** Seconds until it is over, unless it is refreshed. */
  readonly life: number;
  /** Of its first refresh token; null for a session that cannot be refreshed. */
  readonly tokenHash: Buffer | null;
}

/**
 * A session with the entry that tells of it and its first refresh token, where it has any, in one statement, prepared by
 * PostgreSQL once a connection. No row when the password was changed or the account disabled while the password was being
 * checked: the lock waits for the request that uses it.
 */
export function openSession(session: NewSession, entry: NewAuditRow): QueryConfig {
  const { id, user, ipAddress, userAgent, life, tokenHash } = session;
  const values = [id, user.id, user.password_hash, ipAddress, userAgent, tokenHash, life];
  const told = auditInsert(entry, values.length, 'FROM opened');
  return {
    name: 'open-session',
    text: `
      WITH owner AS (
        UPDATE users SET last_login_at = now()
         WHERE id = $2 AND password_hash = $3 AND disabled_at IS NULL RETURNING id),
      opened AS (
        INSERT INTO sessions (id, user_id, ip_address, user_agent, expires_at)
        SELECT $1, id, $4, $5, now() + make_interval(secs => $7) FROM owner RETURNING id, expires_at),
      told AS (${told.text}),
      added AS (
        INSERT INTO refresh_tokens (sha256, session_id, expires_at)
        SELECT $6, id, expires_at FROM opened WHERE $6::bytea IS NOT NULL)
      SELECT id FROM opened`,
    values: [...values, ...told.values],
  };
}

/** Uses a refresh token up and puts its successor in its place; null unless it was good and unused. */
export async function rotate(db: EntityManager, token: Buffer, successor: Buffer): Promise<OpenSession | null> {
  const [session] = await db.query<[OpenSession?]>(
    `WITH used AS (
       UPDATE refresh_tokens AS t SET used_at = now()
         FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        WHERE t.sha256 = $1 AND t.used_at IS NULL AND t.expires_at > now()
          AND s.id = t.session_id AND s.ended_at IS NULL AND u.disabled_at IS NULL
    RETURNING t.session_id, s.user_id, u.role),
     added AS (
       INSERT INTO refresh_tokens (sha256, session_id, expires_at)
       SELECT $2, session_id, now() + make_interval(secs => $3) FROM used RETURNING session_id, expires_at),
     renewed AS (
       UPDATE sessions SET expires_at = added.expires_at FROM added WHERE sessions.id = added.session_id)
     SELECT session_id, user_id, role FROM used`,
    [token, successor, REFRESH_TOKEN_LIFE],
  );
  return session ?? null;
}

export interface UsedToken extends OpenSession {
  /** Which of the successors that were asked about stands in its place, still unused and within the grace. */
  readonly successor: Buffer | null;
}

/** What is known of a refresh token that cannot be used; null when nothing is, or its session has ended. */
export async function usedToken(
  db: EntityManager,
  token: Buffer,
  successors: readonly Buffer[],
): Promise<UsedToken | null> {
  const [found] = await db.query<[UsedToken?]>(
    `SELECT t.session_id, s.user_id, u.role,
            (SELECT next.sha256 FROM refresh_tokens AS next
              WHERE next.sha256 = ANY($2::bytea[]) AND next.session_id = t.session_id AND next.used_at IS NULL
                AND t.used_at > now() - make_interval(secs => $3)) AS successor
       FROM refresh_tokens AS t JOIN sessions AS s ON s.id = t.session_id JOIN users AS u ON u.id = s.user_id
      WHERE t.sha256 = $1 AND t.used_at IS NOT NULL AND s.ended_at IS NULL AND u.disabled_at IS NULL`,
    [token, successors, REUSE_SECONDS],
  );
  return found ?? null;
}

/** False when it had ended before. */
export async function endSession(db: EntityManager, id: string): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    'UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL',
    [id],
  );
  return count > 0;
}

export async function endSessionsOf(db: EntityManager, userId: string): Promise<void> {
  await db.query('UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL', [userId]);
}
