/** Unversioned paths that answer exactly as their `/api/v1` twins: the path, and what stands in for it. */
const ALIASES: readonly (readonly [string, string])[] = [
  ['/analyze', '/api/v1/analyze'],
  ['/results', '/api/v1/results'],
  ['/api/progress', '/api/v1/progress'],
  ['/api/statistics', '/api/v1/statistics'],
  ['/api/history', '/api/v1/history'],
];

/** The path and query that the router sees. */
export function resolveAlias(url: string): string {
  for (const [alias, path] of ALIASES) {
    const rest = url.slice(alias.length);
    if (url.startsWith(alias) && (rest === '' || rest.startsWith('/') || rest.startsWith('?'))) return path + rest;
  }
  return url;
}
