import { defineError } from '../platform/errors.js';

/** Seconds after which an export may have come to its end. */
const PATIENCE = 10;

export const tooManyExports = defineError(
  'too_many_exports',
  429,
  'As many exports are under way as this process serves at once, in all or to one caller.',
  (limit: number) => ({
    message: `${limit} ${limit === 1 ? 'export is' : 'exports are'} under way; try again in ${PATIENCE} s.`,
    details: { limit },
    retryAfter: PATIENCE,
  }),
);
