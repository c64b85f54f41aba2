import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { poolOf } from '../../platform/database/pool.js';
import type { Client } from '../../platform/http/principal.js';
import { invalidCredentials, refreshTokenInvalid } from '../auth.errors.js';
import { ANONYMOUS, userActor } from '../../audit/actor.js';
import { type AuditEntry, AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { AccessTokens, TOKEN_USES } from '../tokens/access-tokens.js';
import { KeyRing } from '../tokens/key-ring.js';
import { opaqueToken, sha256 } from '../tokens/opaque-token.js';
import type { UserRow } from '../users/users.queries.js';
import * as queries from './sessions.queries.js';
import type { TokenPair } from './sessions.dto.js';

/** A session is one log-in and all that is refreshed from it. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);
  private readonly pool: Pool;

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly credentials: CredentialCache,
    private readonly ring: KeyRing,
    private readonly tokens: AccessTokens,
  ) {
    this.pool = poolOf(db.dataSource);
  }

  /** @throws invalid_credentials when the account was changed while its password was being checked. */
  async open(user: UserRow, visitor: Client): Promise<TokenPair> {
    const token = opaqueToken();
    const sessionId = await this.begin(user, visitor, queries.REFRESH_TOKEN_LIFE, sha256(token));
    return this.pair({ session_id: sessionId, user_id: user.id, role: user.role }, token);
  }

  /**
   * A session for pages, which ends for good when its token expires. Returns the token.
   * @throws invalid_credentials as above.
   */
  async openForPages(user: UserRow, visitor: Client): Promise<string> {
    const sessionId = await this.begin(user, visitor, TOKEN_USES.pages.life, null);
    return this.tokens.issue({ sessionId, userId: user.id, role: user.role }, 'pages');
  }

  private async begin(user: UserRow, visitor: Client, life: number, tokenHash: Buffer | null): Promise<string> {
    const { ipAddress, userAgent } = visitor;
    const session = { id: uuid(), user, ipAddress, userAgent, life, tokenHash };
    const entry = { action: 'user.logged_in', actor: userActor(user.id), origin: visitor, subject: `user:${user.id}` };
    const { rowCount } = await this.pool.query(queries.openSession(session, this.audit.rowOf(entry)));
    if (rowCount === 0) throw invalidCredentials();
    return session.id;
  }

  /** @throws refresh_token_invalid; a token that was used before ends its whole session. */
  async refresh(token: string, visitor: Client): Promise<TokenPair> {
    const successor = this.ring.current.derive('refresh-token', token);
    const session = await queries.rotate(this.db, sha256(token), sha256(successor));
    return session ? this.pair(session, successor) : this.refreshAgain(token, visitor);
  }

  /**
   * A token that was used up moments ago gets the very answer that its first use got, since that may have been lost: the
   * successor is derived from the token, so it can be told again though it is not kept. Once the successor has been used,
   * or the moments are over, another party must have the token, too.
   */
  private async refreshAgain(token: string, origin: Client): Promise<TokenPair> {
    const successors = this.ring.all.map((key) => key.derive('refresh-token', token));
    const used = await queries.usedToken(this.db, sha256(token), successors.map(sha256));
    if (!used) throw refreshTokenInvalid();
    const successor = successors.find((candidate) => used.successor?.equals(sha256(candidate)));
    if (successor !== undefined) return this.pair(used, successor);
    this.logger.warn(`A refresh token came back: the session ${used.session_id} ends`);
    const subject = `user:${used.user_id}`;
    const entry: AuditEntry = { action: 'session.token_reused', actor: ANONYMOUS, origin, subject };
    await this.end(used.session_id, used.user_id, entry);
    throw refreshTokenInvalid();
  }

  /** @param entry what the audit log is told */
  async end(sessionId: string, userId: string, entry: AuditEntry): Promise<void> {
    await this.db.transaction(async (db) => {
      if (await queries.endSession(db, sessionId)) await this.audit.record(db, entry);
    });
    await this.credentials.invalidate(userId);
  }

  private pair({ session_id: sessionId, user_id: userId, role }: queries.OpenSession, refreshToken: string): TokenPair {
    return {
      access_token: this.tokens.issue({ sessionId, userId, role }, 'api'),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: TOKEN_USES.api.life,
    };
  }
}
