import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { forbidden, scopeMissing, unauthenticated } from '../../platform/errors.js';
import { type Identity, identityOf } from '../../platform/http/caller.js';
import { type Requirement, Requirements } from './requirements.js';

/** Stands before every route: whether who asks may. Where nothing else is said, a route asks for a sign-in. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly requirements: Requirements) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.requirements.of(context);
    if (requirement.open) return true;
    const identity = identityOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (!identity) throw unauthenticated();
    allow(identity, requirement);
    return true;
  }
}

function allow({ role, scopes, sessionId }: Identity, { scope, admins, session }: Requirement): void {
  if (session && sessionId === null) throw forbidden();
  if (sessionId === null && scope !== undefined && !scopes.includes(scope)) throw scopeMissing(scope);
  if (admins && role !== 'admin') throw forbidden();
}
