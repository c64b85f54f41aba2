import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identify, type Identity } from '../../platform/http/caller.js';
import { cookieOf, SESSION_COOKIE } from '../pages/cookies.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { IdentitiesService } from './identities.service.js';
import { type Requirement, Requirements } from './requirements.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Finds out who asks, where the route wants to know, and lets everybody on: who may not is refused once counted. */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly requirements: Requirements,
    private readonly tokens: AccessTokens,
    private readonly identities: IdentitiesService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.requirements.of(context);
    if (requirement.open) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const identity = await this.identityOf(request, reply, requirement);
    if (identity) identify(request, identity);
    return true;
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

/** What is wrong with the token, by RFC 6750, so that a program knows when to refresh it. */
const challenge = (expired: boolean): string =>
  `Bearer realm="facet", error="invalid_token", error_description="${
    expired ? 'The access token has expired' : 'The access token is not valid'
  }"`;
