import type { QueryConfig } from 'pg';
import type { Scope } from '../../platform/http/scopes.js';
import type { Role } from '../users/users.queries.js';

/** A valid session or API key, with the user that it belongs to. */
export interface Credential {
  readonly user_id: string;
  readonly role: Role;
  /** Of a key; null for a session. */
  readonly key_id: string | null;
  readonly scopes: Scope[] | null;
  readonly expires_at: Date | null;
}

/** Selects a session that has not ended. Prepared once a connection: any request may run it. */
export const credentialOfSession = (sessionId: string, userId: string): QueryConfig => ({
  name: 'credential-of-session',
  text: `SELECT u.id AS user_id, u.role, NULL::uuid AS key_id, NULL::text[] AS scopes, NULL::timestamptz AS expires_at
           FROM sessions AS s JOIN users AS u ON u.id = s.user_id
          WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND u.disabled_at IS NULL`,
  values: [sessionId, userId],
});

/** Selects an API key that has not expired. */
export const credentialOfKey = (sha256: Buffer): QueryConfig => ({
  name: 'credential-of-key',
  text: `SELECT u.id AS user_id, u.role, k.id AS key_id, k.scopes, k.expires_at
           FROM api_keys AS k JOIN users AS u ON u.id = k.owner_id
          WHERE k.sha256 = $1 AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.disabled_at IS NULL`,
  values: [sha256],
});

/** Writes `last_used_at`, at most once a minute over all processes. */
export const noteUseOfKey = (keyId: string): QueryConfig => ({
  name: 'note-use-of-key',
  text: `UPDATE api_keys SET last_used_at = now()
          WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= now() - interval '1 minute')`,
  values: [keyId],
});
