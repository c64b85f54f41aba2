import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setPrincipal, type Principal } from '../../platform/http/principal.js';
import { cookieOf, SESSION_COOKIE } from '../pages/cookies.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { PrincipalsService } from './principals.service.js';
import { type Requirement, Requirements } from './requirements.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Finds the principal of a request and refuses none: the access guard does, once the request has been counted. */
@Injectable()
export class PrincipalGuard implements CanActivate {
  constructor(
    private readonly requirements: Requirements,
    private readonly tokens: AccessTokens,
    private readonly principals: PrincipalsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.requirements.of(context);
    if (requirement.open) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const principal = await this.principalOf(request, reply, requirement);
    if (principal) setPrincipal(request, principal);
    return true;
  }

  /** A token precedes a key: the console sends both when it was given both. A cookie is valid on pages alone. */
  private async principalOf(
    request: FastifyRequest,
    reply: FastifyReply,
    { page }: Requirement,
  ): Promise<Principal | null> {
    const { authorization, 'x-api-key': key } = request.headers;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      const claims = token === undefined ? null : this.tokens.read(token, 'api');
      const principal = claims && claims !== 'expired' ? await this.principals.ofSession(claims) : null;
      if (!principal) void reply.header('WWW-Authenticate', challenge(claims === 'expired'));
      return principal;
    }
    if (typeof key === 'string' && key !== '') return this.principals.ofKey(key);
    return page ? this.principalByCookie(cookieOf(request, SESSION_COOKIE)) : null;
  }

  private async principalByCookie(token: string | undefined): Promise<Principal | null> {
    const claims = token === undefined ? null : this.tokens.read(token, 'pages');
    return claims && claims !== 'expired' ? this.principals.ofSession(claims) : null;
  }
}

/** What is wrong with the token, by RFC 6750, so that a program knows when to refresh it. */
const challenge = (expired: boolean): string =>
  `Bearer realm="facet", error="invalid_token", error_description="${
    expired ? 'The access token has expired' : 'The access token is not valid'
  }"`;
