import { defineError } from '../../platform/errors.js';

export const loginLocked = defineError(
  'login_locked',
  429,
  'Too many log-ins have failed; Retry-After says when the next one may be tried.',
  (retryAfter: number) => ({
    message: `Too many log-ins have failed; try again in ${retryAfter} s.`,
    retryAfter,
  }),
);
