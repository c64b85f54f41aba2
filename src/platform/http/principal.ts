import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { forbidden, unauthenticated } from '../errors.js';
import type { Scope } from './scopes.js';

/** The client of a request, signed in or not. */
export interface Client {
  readonly requestId: string;
  readonly ipAddress: string;
  readonly userAgent: string | null;
}

/** The signed-in user, by a session or an API key. */
export interface Principal {
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

/** The principal of a request with its client. */
export interface Caller extends Client, Principal {}

const PRINCIPAL = Symbol('principal');

interface RequestWithPrincipal extends FastifyRequest {
  [PRINCIPAL]?: Principal;
}

/** Stores the principal that the guard found, for everything that handles the request after it. */
export const setPrincipal = (request: FastifyRequest, principal: Principal): void => {
  (request as RequestWithPrincipal)[PRINCIPAL] = principal;
};

/** Returns null on a public route, or when the credentials are not valid. */
export const principalOf = (request: FastifyRequest): Principal | null =>
  (request as RequestWithPrincipal)[PRINCIPAL] ?? null;

/** Of a request; there is no address any more when its connection was broken off. */
type Asked = Pick<FastifyRequest, 'id' | 'headers'> & { readonly ip: string | undefined };

export const clientOf = (request: Asked): Client => ({
  requestId: request.id,
  // Without the zone (RFC 4007): it means something on this machine alone, and PostgreSQL takes no address with one.
  ipAddress: request.ip?.replace(/%.*$/, '') ?? '::',
  userAgent: request.headers['user-agent']?.slice(0, 500).replaceAll('\0', '') ?? null,
});

/** @throws unauthenticated on a public route. */
export function callerOf(request: FastifyRequest): Caller {
  const principal = principalOf(request);
  if (!principal) throw unauthenticated();
  return { ...clientOf(request), ...principal };
}

/**
 * Returns the owner by whom a list is filtered: the caller, or the owner that an administrator names.
 * @throws forbidden when a user names another owner.
 */
export function requestedOwner(
  { ownerId, role }: Pick<Principal, 'ownerId' | 'role'>,
  asked: string | undefined,
): string {
  if (asked === undefined || asked === ownerId) return ownerId;
  if (role !== 'admin') throw forbidden();
  return asked;
}

/**
 * Returns the owner by whom reads of one row are filtered; null is any owner, for administrators that name none.
 * @throws forbidden when a user names another owner.
 */
export const visibleOwner = (caller: Pick<Principal, 'ownerId' | 'role'>, asked: string | undefined): string | null =>
  caller.role === 'admin' ? (asked ?? null) : requestedOwner(caller, asked);

export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

export const CurrentClient = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
