import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import type { Principal } from '../../platform/http/principal.js';
import { allScopes, type Scope, userScopes } from '../../platform/http/scopes.js';
import type { AccessClaims } from '../tokens/access-tokens.js';
import { sha256 } from '../tokens/opaque-token.js';
import type { Role } from '../users/users.queries.js';
import { CredentialCache } from './credential-cache.service.js';
import { type Credential, credentialOfKey, credentialOfSession, noteUseOfKey } from './credential.queries.js';

/** Time between two updates of a key's `last_used_at` by this process. */
const LAST_USED_INTERVAL_MS = 60_000;

/** Keys whose last update is kept. */
const MAX_ENTRIES = 10_000;

/** Finds the principal of genuine credentials. */
@Injectable()
export class PrincipalsService {
  private readonly logger = new Logger(PrincipalsService.name);
  private readonly pool: Pool;
  private readonly scopesOf: Readonly<Record<Role, readonly Scope[]>> = { user: userScopes(), admin: allScopes() };
  private readonly recentlyUsed = new LRUCache<string, true>({ max: MAX_ENTRIES, ttl: LAST_USED_INTERVAL_MS });

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly credentials: CredentialCache,
  ) {
    this.pool = poolOf(source);
  }

  /** Returns null when the session has ended or its user is disabled. */
  async ofSession({ sessionId, userId }: AccessClaims): Promise<Principal | null> {
    const find = () => this.credentials.find(sessionId, credentialOfSession(sessionId, userId));
    const credential = await find();
    if (credential?.user_id !== userId) return null;
    const { role } = credential;
    return {
      ownerId: userId,
      role,
      scopes: this.scopesOf[role],
      sessionId,
      apiKeyId: null,
      stillValid: async () => (await find()) !== null,
    };
  }

  /** Returns null when there is no such key, it has expired, or its user is disabled. */
  async ofKey(key: string): Promise<Principal | null> {
    const hash = sha256(key);
    const find = () => this.credentials.find(hash.toString('base64'), credentialOfKey(hash));
    const credential = await find();
    if (!credential?.key_id || isExpired(credential)) return null;
    this.noteUse(credential.key_id);
    const role = roleOf(credential);
    return {
      ownerId: credential.user_id,
      role,
      scopes: credential.scopes ?? [],
      sessionId: null,
      apiKeyId: credential.key_id,
      stillValid: async () => {
        const now = await find();
        // Demotion ends sessions, and leaves keys.
        return now !== null && !isExpired(now) && roleOf(now) === role;
      },
    };
  }

  private noteUse(keyId: string): void {
    if (this.recentlyUsed.get(keyId)) return;
    this.recentlyUsed.set(keyId, true);
    this.pool.query(noteUseOfKey(keyId)).catch((error: unknown) => {
      this.recentlyUsed.delete(keyId);
      this.logger.warn(`Writing last_used_at of a key failed; its next use retries: ${String(error)}`);
    });
  }
}

/** The role as which a key acts. */
const roleOf = ({ role, scopes }: Credential): Role => (scopes?.includes('admin') ? role : 'user');

const isExpired = ({ expires_at }: Credential): boolean => expires_at !== null && expires_at.getTime() <= Date.now();
