import { defineError } from '../platform/errors.js';

/** Time after which an export may have ended. */
const RETRY_AFTER_SECONDS = 10;

export const tooManyExports = defineError(
  'too_many_exports',
  429,
  'As many exports are under way as this process serves at once, in all or to one caller.',
  (limit: number) => ({
    message: `${limit} ${limit === 1 ? 'export is' : 'exports are'} under way; try again in ${RETRY_AFTER_SECONDS} s.`,
    details: { limit },
    retryAfter: RETRY_AFTER_SECONDS,
  }),
);
