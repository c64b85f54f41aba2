import { defineLimit, HOUR_SECONDS, MINUTE_SECONDS } from '../platform/limits/define-limit.js';

export const LOGIN_LIMIT = defineLimit({
  name: 'login',
  requests: ({ RATE_LIMIT_LOGIN }) => RATE_LIMIT_LOGIN,
  windowSeconds: MINUTE_SECONDS,
  closed: true,
});

export const REGISTER_LIMIT = defineLimit({
  name: 'register',
  requests: ({ RATE_LIMIT_REGISTER }) => RATE_LIMIT_REGISTER,
  windowSeconds: HOUR_SECONDS,
  closed: true,
});

export const RESET_LIMIT = defineLimit({
  name: 'reset',
  requests: ({ RATE_LIMIT_RESET }) => RATE_LIMIT_RESET,
  windowSeconds: HOUR_SECONDS,
  closed: true,
});
