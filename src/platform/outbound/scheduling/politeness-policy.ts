/** How many requests a host may get from this process. */
export interface PolitenessPolicy {
  /** Names the budget of requests a second that all requests to one host with this policy share. */
  readonly name: string;
  /** Requests in flight at one host at most, those under other policies included. */
  readonly maxConcurrency: number;
  readonly maxRequestsPerSecond: number;
}

/** For the operator's own endpoints: they get as many requests as their circuit and their answers of 429 allow. */
export const UNLIMITED: PolitenessPolicy = {
  name: 'unlimited',
  maxConcurrency: Infinity,
  maxRequestsPerSecond: Infinity,
};
