import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { forbidden, unauthenticated } from '../errors.js';
import type { Scope } from './scopes.js';

/** From where somebody asks, signed in or not. */
export interface Visitor {
  readonly requestId: string;
  readonly ipAddress: string;
  readonly userAgent: string | null;
}

/** Who somebody has proved to be. */
export interface Identity {
  /** Id of the user, who owns the rows that the caller sees and makes. */
  readonly ownerId: string;
  /** What the credentials allow: an administrator's key without the scope `admin` is a user's. */
  readonly role: 'user' | 'admin';
  readonly scopes: readonly Scope[];
  /** Null for a key. */
  readonly sessionId: string | null;
  /** Null for an access token. */
  readonly apiKeyId: string | null;
  /** Whether the session or key has not been ended since, nor lost its role; for answers that go on for long. */
  stillValid(): Promise<boolean>;
}

/** Who asks, and from where. */
export interface Caller extends Visitor, Identity {}

const IDENTITY = Symbol('identity');

interface IdentifiedRequest extends FastifyRequest {
  [IDENTITY]?: Identity;
}

/** What the guard has found out, for everything that comes after it. */
export const identify = (request: FastifyRequest, identity: Identity): void => {
  (request as IdentifiedRequest)[IDENTITY] = identity;
};

/** Null on a public route. */
export const identityOf = (request: FastifyRequest): Identity | null =>
  (request as IdentifiedRequest)[IDENTITY] ?? null;

/** Of a request; there is no address any more when its connection was broken off. */
type Asked = Pick<FastifyRequest, 'id' | 'headers'> & { readonly ip: string | undefined };

export const visitorOf = (request: Asked): Visitor => ({
  requestId: request.id,
  // Without the zone (RFC 4007): it means something on this machine alone, and PostgreSQL takes no address with one.
  ipAddress: request.ip?.replace(/%.*$/, '') ?? '::',
  userAgent: request.headers['user-agent']?.slice(0, 500).replaceAll('\0', '') ?? null,
});

/** @throws unauthenticated on a public route. */
export function callerOf(request: FastifyRequest): Caller {
  const identity = identityOf(request);
  if (!identity) throw unauthenticated();
  return { ...visitorOf(request), ...identity };
}

/**
 * Whose rows a list is about: the caller's own, or for administrators those of the owner that they name.
 * @throws forbidden when a user names somebody else.
 */
export function ownerAsked({ ownerId, role }: Pick<Identity, 'ownerId' | 'role'>, asked: string | undefined): string {
  if (asked === undefined || asked === ownerId) return ownerId;
  if (role !== 'admin') throw forbidden();
  return asked;
}

/**
 * Whose row a question that names the row is about. Null for whoever's: administrators may look at everybody's, or ask
 * for it only if it is that of the owner that they name.
 * @throws forbidden when a user names somebody else.
 */
export const ownerSeen = (caller: Pick<Identity, 'ownerId' | 'role'>, asked: string | undefined): string | null =>
  caller.role === 'admin' ? (asked ?? null) : ownerAsked(caller, asked);

export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

export const CurrentVisitor = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  visitorOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
