import { randomInt } from 'node:crypto';
import { validationFailed } from '../../platform/errors.js';
import { type Scope, userScopes } from '../../platform/http/scopes.js';
import type { Role } from '../users/users.queries.js';

export const MAX_KEYS_PER_ACCOUNT = 20;

/** @throws validation_failed for the scope `admin` of a user who is no administrator. */
export function scopesFor(role: Role, wanted: readonly Scope[] | null | undefined): Scope[] {
  if (wanted?.includes('admin') && role !== 'admin') {
    throw validationFailed([{ field: 'scopes', message: 'admin is for administrators only' }]);
  }
  return [...(wanted ?? userScopes())];
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The part of a key that may be shown. */
export const randomPrefix = (): string =>
  `facet_${Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
