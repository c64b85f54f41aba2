/** How failures turn into waiting. Times in seconds. */
export interface Policy {
  /** Failures that cost nothing. */
  readonly free: number;
  /** The wait after the first failure that does; each further one doubles it. */
  readonly first: number;
  /** The longest wait. */
  readonly longest: number;
  /** After so long without a failure all is forgotten. */
  readonly memory: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const POLICIES = {
  /** One account from one network: an attacker soon waits a quarter of an hour for each guess. */
  pair: { free: 5, first: 30, longest: 15 * MINUTE, memory: 24 * HOUR },
  /**
   * One account from everywhere: slows down guessing from many networks at once. Networks from which the account has
   * logged in before do not take part, and the wait is short: an attacker cannot lock the owner out from elsewhere.
   */
  account: { free: 100, first: 5, longest: MINUTE, memory: HOUR },
  /** One network and any accounts: slows down who tries one password on many accounts. */
  network: { free: 100, first: 30, longest: 15 * MINUTE, memory: HOUR },
} as const satisfies Record<string, Policy>;

/** Time for which a network counts as known after a log-in from it. */
export const KNOWN_NETWORK_SECONDS = 90 * 24 * HOUR;

/** Log-ins of one account from one network that are looked at, at once: from a known network, and from any other. */
export const MAX_CONCURRENT_ATTEMPTS = { known: 100, unknown: POLICIES.pair.free } as const;

/** An attempt that was begun and never ended, because its process died, stops counting after so long. */
export const ATTEMPT_TTL_SECONDS = 15;
