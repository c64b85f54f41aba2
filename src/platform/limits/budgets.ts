import type { Environment } from '../config/environment.js';
import type { LimitClass } from './limit.js';

export interface Budget {
  /** Requests of one subject in a window. */
  readonly requests: number;
  /** Seconds. */
  readonly window: number;
  /** Without Redis nobody can count: such requests are then refused instead of let through. */
  readonly closed: boolean;
}

/** Counters: the class of the route, and for the general one whether the caller is known. */
export type Counter = Exclude<LimitClass, 'general' | 'unlimited'> | 'anonymous' | 'account';

const MINUTE = 60;
const HOUR = 3600;

/** Those of them that are not switched off with 0. */
export function budgetsOf(environment: Environment): Map<Counter, Budget> {
  const all: [Counter, Budget][] = [
    ['account', { requests: environment.RATE_LIMIT_ACCOUNT, window: MINUTE, closed: false }],
    ['anonymous', { requests: environment.RATE_LIMIT_ANONYMOUS, window: MINUTE, closed: false }],
    ['analyze', { requests: environment.RATE_LIMIT_ANALYZE, window: MINUTE, closed: false }],
    ['login', { requests: environment.RATE_LIMIT_LOGIN, window: MINUTE, closed: true }],
    ['register', { requests: environment.RATE_LIMIT_REGISTER, window: HOUR, closed: true }],
    ['reset', { requests: environment.RATE_LIMIT_RESET, window: HOUR, closed: true }],
  ];
  return new Map(all.filter(([, { requests }]) => requests > 0));
}
