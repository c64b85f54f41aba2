import type { Environment } from '../../platform/config/environment.js';

/** One thing that Facet needs. */
export interface Check {
  readonly name: string;
  /** What is there, in a few words. @throws Error whose message says what is wrong and what to do. */
  readonly look: (environment: Environment) => Promise<string>;
}

/** Time that a check of another server or program may take. */
export const TIMEOUT_MS = 5_000;
