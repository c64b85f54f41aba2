import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { FastifyReply } from 'fastify';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { forbidden } from '../../platform/errors.js';
import type { Caller, Client } from '../../platform/http/principal.js';
import { userActor } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import type { LoginRequest } from '../sessions/sessions.dto.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TOKEN_USES } from '../tokens/access-tokens.js';
import { AccountsService } from '../users/accounts.service.js';
import { pageCookie, SESSION_COOKIE } from './cookies.js';

/** Sessions of administrators on pages, where a browser sends no token by itself. */
@Injectable()
export class PageSessionsService {
  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly accounts: AccountsService,
    private readonly audit: AuditService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Opens a session and sets its cookie.
   * @throws as a log-in does, and forbidden for a user who is no administrator, which only the right password learns.
   */
  async signIn(request: LoginRequest, visitor: Client, reply: FastifyReply): Promise<void> {
    const user = await this.accounts.prove(request, visitor);
    if (user.role !== 'admin') {
      const [actor, subject] = [userActor(user.id), `user:${user.id}`];
      await this.audit.record(this.db, { action: 'user.page_refused', actor, origin: visitor, subject });
      throw forbidden();
    }
    const token = await this.sessions.openForPages(user, visitor);
    const maxAge = TOKEN_USES.pages.life;
    reply.setCookie(SESSION_COOKIE, token, { ...pageCookie(this.environment.production), maxAge });
  }

  /** Ends the session and clears its cookie. */
  async signOut(caller: Caller, reply: FastifyReply): Promise<void> {
    await this.accounts.logOut(caller);
    reply.clearCookie(SESSION_COOKIE, pageCookie(this.environment.production));
  }
}
