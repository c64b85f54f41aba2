import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import type { Identity } from '../../platform/http/caller.js';
import { allScopes, type Scope, userScopes } from '../../platform/http/scopes.js';
import type { AccessClaims } from '../tokens/access-tokens.js';
import { sha256 } from '../tokens/opaque-token.js';
import type { Role } from '../users/users.queries.js';
import { HoldersService } from './holders.service.js';
import { type Holder, holderOfKey, holderOfSession, noteUseOfKey } from './identity.queries.js';

/** Milliseconds between two notes of this process that a key was used. */
const NOTE = 60_000;

/** Keys whose last note is remembered. */
const NOTED = 10_000;

/** From credentials that are genuine to who may use them now. */
@Injectable()
export class IdentitiesService {
  private readonly logger = new Logger(IdentitiesService.name);
  private readonly pool: Pool;
  private readonly noted = new Map<string, number>();
  private readonly scopesOf: Readonly<Record<Role, readonly Scope[]>> = { user: userScopes(), admin: allScopes() };

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly holders: HoldersService,
  ) {
    this.pool = poolOf(source);
  }

  /** Null when the session has ended or its user is disabled. */
  async ofSession({ sessionId, userId }: AccessClaims): Promise<Identity | null> {
    const find = () => this.holders.find(sessionId, holderOfSession(sessionId, userId));
    const holder = await find();
    if (holder?.user_id !== userId) return null;
    const { role } = holder;
    return {
      ownerId: userId,
      role,
      scopes: this.scopesOf[role],
      sessionId,
      apiKeyId: null,
      stillValid: async () => (await find()) !== null,
    };
  }

  /** Null when there is no such key, it has expired, or its user is disabled. */
  async ofKey(key: string): Promise<Identity | null> {
    const hash = sha256(key);
    const find = () => this.holders.find(hash.toString('base64'), holderOfKey(hash));
    const holder = await find();
    if (!holder?.key_id || isExpired(holder)) return null;
    this.noteUse(holder.key_id);
    const role = roleOf(holder);
    return {
      ownerId: holder.user_id,
      role,
      scopes: holder.scopes ?? [],
      sessionId: null,
      apiKeyId: holder.key_id,
      stillValid: async () => {
        const now = await find();
        // Demotion ends sessions, and leaves keys.
        return now !== null && !isExpired(now) && roleOf(now) === role;
      },
    };
  }

  private noteUse(keyId: string): void {
    const now = performance.now();
    if (now - (this.noted.get(keyId) ?? -Infinity) < NOTE) return;
    if (this.noted.size >= NOTED) this.noted.clear();
    this.noted.set(keyId, now);
    this.pool.query(noteUseOfKey(keyId)).catch((error: unknown) => {
      this.noted.delete(keyId);
      this.logger.warn(`The use of a key was not noted: ${String(error)}`);
    });
  }
}

/** As whom a key acts. */
const roleOf = ({ role, scopes }: Holder): Role => (scopes?.includes('admin') ? role : 'user');

const isExpired = ({ expires_at }: Holder): boolean => expires_at !== null && expires_at.getTime() <= Date.now();
