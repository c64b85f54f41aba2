import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Caller } from '../../platform/http/principal.js';
import {
  idempotencyKeyReused,
  IdempotencyService,
  type Ticket,
} from '../../platform/http/idempotency/idempotency.service.js';
import { timeOf } from '../../platform/http/time.js';
import { apiKeyLimit, apiKeyNotFound } from '../auth.errors.js';
import { actorOf } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { KeyRing, type SigningKey } from '../tokens/key-ring.js';
import { sha256 } from '../tokens/opaque-token.js';
import { MAX_KEYS_PER_ACCOUNT, randomPrefix, scopesFor } from './api-key.js';
import type { ApiKeysResponse, MakeApiKeyRequest, NewApiKeyResponse } from './api-keys.dto.js';
import { countKeysLocked, deleteKey, insertKey, keysOf } from './api-keys.queries.js';

/** What is kept of the answer for a repeated request: all but the key, and by what to derive that again. */
type KeptAnswer = Omit<NewApiKeyResponse, 'key'> & { readonly kid: string };

export interface Made {
  readonly answer: NewApiKeyResponse;
  readonly replayed: boolean;
}

@Injectable()
export class ApiKeysService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly credentials: CredentialCache,
    private readonly idempotency: IdempotencyService,
    private readonly ring: KeyRing,
  ) {}

  /** @param idempotencyKey the `Idempotency-Key` header. */
  async make(caller: Caller, request: MakeApiKeyRequest, idempotencyKey: string | undefined): Promise<Made> {
    const scopes = scopesFor(caller.role, request.scopes);
    const fingerprint = fingerprintOf(request);
    const scope = { ownerId: caller.ownerId, route: 'POST /auth/api-keys', key: idempotencyKey };
    return this.idempotency.once<KeptAnswer, Made>(scope, async (ticket) => {
      const replay = ticket.replay(fingerprint);
      if (replay) return { answer: this.withKey(replay), replayed: true };
      const expires_at = request.expires_at ? timeOf(request.expires_at) : null;
      const kept = {
        id: uuid(),
        name: request.name,
        prefix: randomPrefix(),
        scopes,
        expires_at,
        kid: this.ring.current.kid,
      };
      await this.keep(caller, kept, fingerprint, ticket);
      return { answer: this.withKey(kept), replayed: false };
    });
  }

  async all({ ownerId }: Caller): Promise<ApiKeysResponse> {
    return { items: await keysOf(this.db, ownerId) };
  }

  async remove(caller: Caller, id: string): Promise<void> {
    const { ownerId } = caller;
    await this.db.transaction(async (db) => {
      if (!(await deleteKey(db, ownerId, id))) throw apiKeyNotFound();
      await this.record(db, caller, 'api_key.deleted', id);
    });
    await this.credentials.invalidate(ownerId);
  }

  private async keep(caller: Caller, kept: KeptAnswer, fingerprint: string, ticket: Ticket<KeptAnswer>): Promise<void> {
    const { ownerId } = caller;
    await this.db.transaction(async (db) => {
      if ((await countKeysLocked(db, ownerId)) >= MAX_KEYS_PER_ACCOUNT) throw apiKeyLimit(MAX_KEYS_PER_ACCOUNT);
      await insertKey(db, { ...kept, ownerId, sha256: sha256(this.withKey(kept).key) });
      await ticket.settle(db, fingerprint, kept);
      const { name, scopes, expires_at } = kept;
      await this.record(db, caller, 'api_key.made', kept.id, { name, scopes, expires_at });
    });
  }

  private record(db: EntityManager, caller: Caller, action: string, id: string, after?: object): Promise<void> {
    const entry = { action, actor: actorOf(caller), origin: caller, subject: `api_key:${id}` };
    return this.audit.record(db, after ? { ...entry, after: { ...after } } : entry);
  }

  /**
   * The key is derived from its id, so that a repeated request gets it again though only its hash is kept.
   * @throws idempotency_key_reused when the secret that it was derived by is gone: the repeated request needs another key.
   */
  private withKey({ kid, ...kept }: KeptAnswer): NewApiKeyResponse {
    const signer = this.ring.find(kid);
    if (!signer) throw idempotencyKeyReused();
    return { ...kept, key: keyOf(signer, kept) };
  }
}

const keyOf = (signer: SigningKey, { id, prefix }: Pick<NewApiKeyResponse, 'id' | 'prefix'>): string =>
  `${prefix}_${signer.derive('api-key', id)}`;

const fingerprintOf = ({ name, scopes, expires_at }: MakeApiKeyRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([name, scopes ?? null, expires_at ?? null]))
    .digest('hex');
