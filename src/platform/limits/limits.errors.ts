import { defineError } from '../errors.js';

export const rateLimited = defineError(
  'rate_limited',
  429,
  'Too many requests; Retry-After says when the next one may come.',
  (limit: number, window: number, retryAfter: number) => ({
    message: `At most ${limit} such requests in ${window} s; try again in ${retryAfter} s.`,
    details: { limit, window },
    retryAfter,
  }),
);
