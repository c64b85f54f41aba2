import { defineLimit, MINUTE_SECONDS } from './define-limit.js';

/** Requests with a valid sign-in, counted by account or key. */
export const ACCOUNT_LIMIT = defineLimit({
  name: 'account',
  requests: ({ RATE_LIMIT_ACCOUNT }) => RATE_LIMIT_ACCOUNT,
  windowSeconds: MINUTE_SECONDS,
  closed: false,
});

/** Requests without one, counted by address. */
export const ANONYMOUS_LIMIT = defineLimit({
  name: 'anonymous',
  requests: ({ RATE_LIMIT_ANONYMOUS }) => RATE_LIMIT_ANONYMOUS,
  windowSeconds: MINUTE_SECONDS,
  closed: false,
});
