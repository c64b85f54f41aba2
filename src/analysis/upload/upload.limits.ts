import { defineLimit, MINUTE_SECONDS } from '../../platform/limits/define-limit.js';

/** Files that are sent in, of whatever kind. */
export const UPLOAD_LIMIT = defineLimit({
  name: 'analyze',
  requests: ({ RATE_LIMIT_ANALYZE }) => RATE_LIMIT_ANALYZE,
  windowSeconds: MINUTE_SECONDS,
  closed: false,
});
