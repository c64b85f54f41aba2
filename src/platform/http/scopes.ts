/**
 * What an API key may be made for, such as `batches:read`. An access token has every scope that the role of its user
 * allows. The name of a scope is declared by the routes that require it.
 */
export type Scope = 'admin' | `${string}:${'read' | 'write' | 'check-in'}`;

const declared = new Set<Scope>(['admin']);

/** Notes that a route requires this scope; a scope exists as soon as one route does. */
export function declareScope(scope: Scope): void {
  declared.add(scope);
}

/** The scopes that every user may have, in the order of their names. Complete when all modules are loaded. */
export const userScopes = (): Scope[] => [...declared].filter((scope) => scope !== 'admin').sort();

/** All scopes, `admin` last. */
export const allScopes = (): Scope[] => [...userScopes(), 'admin'];
