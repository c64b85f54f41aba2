import { ValidateBy } from 'class-validator';
import { validationFailed } from '../../platform/errors.js';
import { isCommon } from './common-passwords.js';

const LENGTH_CODE_POINTS = { min: 12, max: 128 } as const;

/** UTF-16 units that are looked at; normalization makes at most eighteen of one (UAX #15), and needs time for each. */
const MAX_UTF16_LENGTH = 1024;

/**
 * The same password however a keyboard composed it: NFKC, as NIST SP 800-63B (5.1.1.2) advises, then UTF-8.
 */
export const normalize = (password: string): string => password.normalize('NFKC');

/** 12 to 128 characters (code points) of any kind. */
const isLongEnough = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > MAX_UTF16_LENGTH || !value.isWellFormed()) return false;
  const { length } = Array.from(normalize(value));
  return length >= LENGTH_CODE_POINTS.min && length <= LENGTH_CODE_POINTS.max;
};

/** Validates a password that a user chooses. */
export const IsPassword = () =>
  ValidateBy({
    name: 'isPassword',
    validator: {
      validate: isLongEnough,
      defaultMessage: () => `must have ${LENGTH_CODE_POINTS.min} to ${LENGTH_CODE_POINTS.max} characters`,
    },
  });

/** Validates a password that a user signs in with: any text is right or wrong. */
export const IsGivenPassword = () =>
  ValidateBy({
    name: 'isGivenPassword',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && value.length <= MAX_UTF16_LENGTH,
      defaultMessage: () => `must be a text of at most ${MAX_UTF16_LENGTH} characters`,
    },
  });

/** @throws validation_failed for a password that an attacker would try first. */
export async function refuseCommon(password: string, field: string): Promise<void> {
  if (!(await isCommon(normalize(password)))) return;
  throw validationFailed([{ field, message: 'is one of the commonest passwords' }]);
}
