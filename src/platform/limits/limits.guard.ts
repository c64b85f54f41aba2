import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, clientOf } from '../http/principal.js';
import { LIMIT, type LimitDefinition } from './define-limit.js';
import { ACCOUNT_LIMIT, ANONYMOUS_LIMIT } from './general.limits.js';
import { rateLimited } from './limits.errors.js';
import { type Allowance, LimitsService } from './limits.service.js';
import { subjectOf } from './subject.js';

type RouteLimit = LimitDefinition | 'general' | 'unlimited';

/**
 * Counts every request by its principal, or by its address without one: it stands behind what finds
 * out who asks, and before what refuses them, so that guesses at tokens and keys are counted too.
 */
@Injectable()
export class LimitsGuard implements CanActivate {
  private readonly limitsOfRoutes = new WeakMap<object, RouteLimit>();

  constructor(
    private readonly reflector: Reflector,
    private readonly limits: LimitsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const limit = this.limitOf(context);
    if (limit === 'unlimited') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { ownerId = null, apiKeyId = null } = principalOf(request) ?? {};
    const general = ownerId === null ? ANONYMOUS_LIMIT : ACCOUNT_LIMIT;
    const { name } = limit === 'general' ? general : limit;
    const { ipAddress } = clientOf(request);
    const allowance = await this.limits.take(name, subjectOf({ ownerId, apiKeyId, ipAddress }));
    if (!allowance) return true;
    announce(http.getResponse<FastifyReply>(), allowance);
    if (!allowance.allowed) throw rateLimited(allowance.limit, allowance.window, allowance.reset);
    return true;
  }

  private limitOf(context: ExecutionContext): RouteLimit {
    const handler = context.getHandler();
    const known = this.limitsOfRoutes.get(handler);
    if (known) return known;
    const limit =
      this.reflector.getAllAndOverride<RouteLimit | undefined>(LIMIT, [handler, context.getClass()]) ?? 'general';
    this.limitsOfRoutes.set(handler, limit);
    return limit;
  }
}

/** By draft-ietf-httpapi-ratelimit-headers-06; times in seconds. */
function announce(reply: FastifyReply, { limit, window, remaining, reset }: Allowance): void {
  void reply.headers({
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': reset,
    'RateLimit-Policy': `${limit};w=${window}`,
  });
}
