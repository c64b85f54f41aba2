import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { forbidden, scopeMissing, unauthenticated } from '../../platform/errors.js';
import { type Principal, principalOf } from '../../platform/http/principal.js';
import { type Requirement, Requirements } from './requirements.js';

/** Refuses principals that may not use the route. Without a decorator a route requires a sign-in. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly requirements: Requirements) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.requirements.of(context);
    if (requirement.open) return true;
    const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (!principal) throw unauthenticated();
    allow(principal, requirement);
    return true;
  }
}

function allow({ role, scopes, sessionId }: Principal, { scope, admins, session }: Requirement): void {
  if (session && sessionId === null) throw forbidden();
  if (sessionId === null && scope !== undefined && !scopes.includes(scope)) throw scopeMissing(scope);
  if (admins && role !== 'admin') throw forbidden();
}
