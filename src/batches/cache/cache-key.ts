import { hash } from 'node:crypto';

/** What makes two questions the same but for their URL: who asks, whom, and how. */
export interface CacheScope {
  readonly ownerId: string;
  readonly analyzer: string;
  /** Of the external AI; empty for what is done here. */
  readonly endpoint: string;
  readonly features: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** The same for scopes that are the same, whatever the order of their options. */
export const scopeKey = ({ ownerId, analyzer, endpoint, features, options }: CacheScope): string =>
  JSON.stringify([ownerId, analyzer, endpoint, features, Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))]);

/**
 * Where the answer to a question is kept: 128 bits of a SHA-256, in the form of a UUID.
 * @param of a normalised URL, or `sha256:` and the hash of a file's bytes
 */
export const cacheKey = (scope: string, of: string): string => hash('sha256', `${scope}\n${of}`, 'hex').slice(0, 32);
