const aliases = new Map<string, string>();

/**
 * Declares an unversioned path that answers, with all below it, exactly as its `/api/v1` twin. Stands beside the
 * controller of the twin.
 * @param alias such as `/api/history`
 * @param path such as `/api/v1/history`
 */
export function defineAlias(alias: string, path: string): void {
  if (aliases.has(alias)) throw new Error(`The alias ${alias} is defined twice.`);
  aliases.set(alias, path);
}

/** The path and query that the router sees. */
export function resolveAlias(url: string): string {
  for (const [alias, path] of aliases) {
    const rest = url.slice(alias.length);
    if (url.startsWith(alias) && (rest === '' || rest.startsWith('/') || rest.startsWith('?'))) return path + rest;
  }
  return url;
}
