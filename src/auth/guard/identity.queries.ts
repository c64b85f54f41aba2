import type { QueryConfig } from 'pg';
import type { Scope } from '../../platform/http/scopes.js';
import type { Role } from '../users/users.queries.js';

/** Who a session or a key stands for, as long as it stands. */
export interface Holder {
  readonly user_id: string;
  readonly role: Role;
  /** Of a key; null for a session. */
  readonly key_id: string | null;
  readonly scopes: Scope[] | null;
  readonly expires_at: Date | null;
}

/** Prepared by PostgreSQL once a connection: every request may ask it. */
export const holderOfSession = (sessionId: string, userId: string): QueryConfig => ({
  name: 'holder-of-session',
  text: `SELECT u.id AS user_id, u.role, NULL::uuid AS key_id, NULL::text[] AS scopes, NULL::timestamptz AS expires_at
           FROM sessions AS s JOIN users AS u ON u.id = s.user_id
          WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND u.disabled_at IS NULL`,
  values: [sessionId, userId],
});

export const holderOfKey = (sha256: Buffer): QueryConfig => ({
  name: 'holder-of-key',
  text: `SELECT u.id AS user_id, u.role, k.id AS key_id, k.scopes, k.expires_at
           FROM api_keys AS k JOIN users AS u ON u.id = k.owner_id
          WHERE k.sha256 = $1 AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.disabled_at IS NULL`,
  values: [sha256],
});

/** At most once a minute, whoever else uses the key. */
export const noteUseOfKey = (keyId: string): QueryConfig => ({
  name: 'note-use-of-key',
  text: `UPDATE api_keys SET last_used_at = now()
          WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= now() - interval '1 minute')`,
  values: [keyId],
});
