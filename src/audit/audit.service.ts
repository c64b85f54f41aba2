import { Injectable } from '@nestjs/common';
import { isIP } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { insertAuditEntry, type NewAuditRow } from './audit.queries.js';
import { redact } from './redact.js';

/** Who did it. `anonymous` has not proved who they are; `system` is Facet itself or its command line. */
export type Actor =
  | { readonly kind: 'anonymous' | 'system' }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'key'; readonly id: string; readonly apiKeyId: string };

/** The client; all of it null for the system. */
export interface Origin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

export interface AuditEntry {
  /** What happened, as `<thing>.<what>` in the past tense: `user.logged_in`, `user.login_failed`, `api_key.made`. */
  readonly action: string;
  readonly actor: Actor;
  readonly origin: Origin;
  /** What it happened to, as `<thing>:<id>`. */
  readonly subject?: string;
  /** What it was and has become; only what changed. Values under names that tell of secrets are never kept. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** Writes down staff actions and security events, in the transaction of what happened. Nothing can be taken back. */
@Injectable()
export class AuditService {
  async record(db: EntityManager, entry: AuditEntry): Promise<void> {
    await insertAuditEntry(db, this.rowOf(entry));
  }

  /** For a statement that writes the entry together with what it tells of. */
  rowOf({ action, actor, origin, subject, before, after }: AuditEntry): NewAuditRow {
    const { ipAddress, userAgent, requestId } = origin;
    return {
      id: uuid(),
      actor_kind: actor.kind,
      actor_id: 'id' in actor ? actor.id : null,
      api_key_id: 'apiKeyId' in actor ? actor.apiKeyId : null,
      action,
      subject: subject ?? null,
      // A proxy may have been told anything.
      ip_address: ipAddress !== null && isIP(ipAddress) ? ipAddress : null,
      user_agent: userAgent?.replaceAll('\0', '').slice(0, 500) ?? null,
      request_id: requestId,
      before: before ? redact(before) : null,
      after: after ? redact(after) : null,
    };
  }
}
