import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Scope, SCOPES } from './access.js';

/** Who asks, and from where. */
export interface Caller {
  /** Owner of the rows that the caller sees and makes; null while there are no accounts. */
  readonly ownerId: string | null;
  readonly role: 'user' | 'admin';
  readonly scopes: readonly Scope[];
  readonly requestId: string;
  readonly ipAddress: string;
  readonly userAgent: string | null;
}

export const callerOf = (request: FastifyRequest): Caller => ({
  ownerId: null,
  role: 'user',
  scopes: SCOPES,
  requestId: request.id,
  ipAddress: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
});

export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
