import type { Environment } from '../../platform/config/environment.js';

/** One thing that Facet needs. */
export interface Check {
  readonly name: string;
  /** What is there, in a few words. @throws Error whose message says what is wrong and what to do. */
  readonly look: (environment: Environment) => Promise<string>;
}

/** Milliseconds that somebody else may take to answer. */
export const PATIENCE = 5_000;
