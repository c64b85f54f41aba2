import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { forbidden, scopeMissing, unauthenticated } from '../errors.js';
import { apiResponses } from './api-errors.js';
import { declareScope, type Scope } from './scopes.js';

/** What the global guard reads from a route. A route without any is open to every caller who is signed in. */
export const ACCESS = {
  public: 'access:public',
  scope: 'access:scope',
  admins: 'access:admins',
  session: 'access:session',
  page: 'access:page',
} as const;

/** Names of the two ways to sign in, as OpenAPI and its console know them. */
export const SECURITY = { token: 'access-token', key: 'api-key' } as const;

type AccessDecorator = MethodDecorator & ClassDecorator;

const tokenOrKey = () => applyDecorators(ApiBearerAuth(SECURITY.token), ApiSecurity(SECURITY.key));

/** Opens the route to every client. */
export const Public = (): AccessDecorator => SetMetadata(ACCESS.public, true);

/** Opens the route to every principal, with a token or any key. */
export const SignedIn = (): AccessDecorator => applyDecorators(tokenOrKey(), ...apiResponses(unauthenticated));

/** Requires this scope of a key, and declares the scope. */
export function RequireScope(scope: Scope): AccessDecorator {
  declareScope(scope);
  return applyDecorators(
    SetMetadata(ACCESS.scope, scope),
    tokenOrKey(),
    ...apiResponses(unauthenticated, scopeMissing),
  );
}

/** Opens the route to administrators only, and to their keys only with the scope `admin`. */
export const AdminsOnly = (): AccessDecorator =>
  applyDecorators(
    SetMetadata(ACCESS.admins, true),
    SetMetadata(ACCESS.scope, 'admin' satisfies Scope),
    tokenOrKey(),
    ...apiResponses(unauthenticated, forbidden, scopeMissing),
  );

/** Opens the route to sessions only, never to a key: a leaked key must not give away the account. */
export const SessionOnly = (): AccessDecorator =>
  applyDecorators(
    SetMetadata(ACCESS.session, true),
    ApiBearerAuth(SECURITY.token),
    ...apiResponses(unauthenticated, forbidden),
  );

/**
 * The route is a page, or a form on one: besides tokens and keys it accepts the cookie of a sign-in on a page. A
 * browser sends that cookie with requests from any site, so a form has to prove that it comes from a page of ours.
 */
export const Page = (): AccessDecorator => SetMetadata(ACCESS.page, true);
