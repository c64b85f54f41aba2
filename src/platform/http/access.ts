import { applyDecorators, SetMetadata } from '@nestjs/common';

export const SCOPES = ['analyses:read', 'analyses:write', 'batches:read', 'batches:write', 'admin'] as const;

/** What an API key may be made for. An access token has every scope that the role of its user allows. */
export type Scope = (typeof SCOPES)[number];

/** What the global guard reads from a route. A route without either is open to every caller who is signed in. */
export const ACCESS = { public: 'access:public', scope: 'access:scope', admins: 'access:admins' } as const;

/** The route answers everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS.public, true);

/** The route answers a key only with this scope. */
export const RequireScope = (scope: Scope): MethodDecorator & ClassDecorator => SetMetadata(ACCESS.scope, scope);

/** The route answers administrators only, and their keys only with the scope `admin`. */
export const AdminsOnly = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS.admins, true), RequireScope('admin'));
