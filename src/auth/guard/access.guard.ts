import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden, scopeMissing, unauthenticated } from '../../platform/errors.js';
import { ACCESS, type Scope } from '../../platform/http/access.js';
import { identify, type Identity } from '../../platform/http/caller.js';
import { cookieOf, SESSION_COOKIE } from '../pages/cookies.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { IdentitiesService } from './identities.service.js';

/** What a route asks of its caller. */
interface Requirement {
  readonly open: boolean;
  readonly scope: Scope | undefined;
  readonly admins: boolean;
  readonly session: boolean;
  readonly page: boolean;
}

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Stands before every route: who asks, and whether they may. Where nothing else is said, a route asks for a sign-in. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly requirements = new WeakMap<object, Requirement>();

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly identities: IdentitiesService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.requirementOf(context);
    if (requirement.open) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const identity = await this.identityOf(request, reply, requirement);
    if (!identity) throw unauthenticated();
    allow(identity, requirement);
    identify(request, identity);
    return true;
  }

  private requirementOf(context: ExecutionContext): Requirement {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    const known = this.requirements.get(handler);
    if (known) return known;
    const said = (key: string) => this.reflector.getAllAndOverride<unknown>(key, [handler, controller]);
    const requirement = {
      open: said(ACCESS.public) === true,
      scope: said(ACCESS.scope) as Scope | undefined,
      admins: said(ACCESS.admins) === true,
      session: said(ACCESS.session) === true,
      page: said(ACCESS.page) === true,
    };
    this.requirements.set(handler, requirement);
    return requirement;
  }

  /** A token counts before a key: the console sends both when both were given to it. A cookie counts on pages alone. */
  private async identityOf(
    request: FastifyRequest,
    reply: FastifyReply,
    { page }: Requirement,
  ): Promise<Identity | null> {
    const { authorization, 'x-api-key': key, cookie } = request.headers;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      const claims = token === undefined ? null : this.tokens.read(token, 'api');
      const identity = claims && claims !== 'expired' ? await this.identities.ofSession(claims) : null;
      if (!identity) void reply.header('WWW-Authenticate', challenge(claims === 'expired'));
      return identity;
    }
    if (typeof key === 'string' && key !== '') return this.identities.ofKey(key);
    return page ? this.identityByCookie(cookieOf(cookie, SESSION_COOKIE)) : null;
  }

  private async identityByCookie(token: string | undefined): Promise<Identity | null> {
    const claims = token === undefined ? null : this.tokens.read(token, 'pages');
    return claims && claims !== 'expired' ? this.identities.ofSession(claims) : null;
  }
}

function allow({ role, scopes, sessionId }: Identity, { scope, admins, session }: Requirement): void {
  if (session && sessionId === null) throw forbidden();
  if (sessionId === null && scope !== undefined && !scopes.includes(scope)) throw scopeMissing(scope);
  if (admins && role !== 'admin') throw forbidden();
}

/** What is wrong with the token, by RFC 6750, so that a program knows when to refresh it. */
const challenge = (expired: boolean): string =>
  `Bearer realm="facet", error="invalid_token", error_description="${
    expired ? 'The access token has expired' : 'The access token is not valid'
  }"`;
