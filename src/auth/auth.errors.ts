import { defineError } from '../platform/errors.js';

export const invalidCredentials = defineError('invalid_credentials', 401, 'The e-mail address or password is wrong.');

export const formRefused = defineError(
  'form_refused',
  403,
  'The form was not sent from a page of Facet, or from an old one: load the page again.',
);

export const refreshTokenInvalid = defineError(
  'refresh_token_invalid',
  401,
  'The refresh token is unknown, expired or used, or its session has ended: log in again.',
);

export const usernameTaken = defineError('username_taken', 409, 'Another account has this user name.');

export const resetTokenInvalid = defineError(
  'reset_token_invalid',
  422,
  'The token to reset a password is unknown, used or too old: ask for another.',
);

export const apiKeyLimit = defineError(
  'api_key_limit',
  409,
  'The account has as many API keys as it may have; delete one first.',
  (limit: number) => ({ message: `The account has ${limit} API keys already; delete one first.`, details: { limit } }),
);

export const apiKeyNotFound = defineError('api_key_not_found', 404, 'There is no such API key.');

export const userNotFound = defineError('user_not_found', 404, 'There is no such user.');

export const lastAdministrator = defineError(
  'last_administrator',
  409,
  'This is the last active administrator; make another one first.',
);

export const signInBusy = defineError(
  'sign_in_busy',
  503,
  'Too many passwords are being checked; try again shortly.',
  () => ({ message: 'Too many passwords are being checked; try again shortly.', retryAfter: 2 }),
);
