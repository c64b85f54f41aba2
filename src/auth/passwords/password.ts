import { ValidateBy } from 'class-validator';
import { validationFailed } from '../../platform/errors.js';
import { isCommon } from './common-passwords.js';

const LENGTH = { min: 12, max: 128 } as const;

/** UTF-16 units that are looked at; normalization makes at most eighteen of one (UAX #15), and needs time for each. */
const RAW_MAX = 1024;

/**
 * The same password however a keyboard composed it: NFKC, as NIST SP 800-63B (5.1.1.2) advises, then UTF-8.
 */
export const normalize = (password: string): string => password.normalize('NFKC');

/** 12 to 128 characters (code points) of any kind. */
const isLongEnough = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > RAW_MAX || !value.isWellFormed()) return false;
  const { length } = Array.from(normalize(value));
  return length >= LENGTH.min && length <= LENGTH.max;
};

/** A password that somebody chooses. */
export const IsPassword = () =>
  ValidateBy({
    name: 'isPassword',
    validator: {
      validate: isLongEnough,
      defaultMessage: () => `must have ${LENGTH.min} to ${LENGTH.max} characters`,
    },
  });

/** A password that somebody gives: whatever it is, it is right or wrong. */
export const IsGivenPassword = () =>
  ValidateBy({
    name: 'isGivenPassword',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && value.length <= RAW_MAX,
      defaultMessage: () => `must be a text of at most ${RAW_MAX} characters`,
    },
  });

/** @throws validation_failed for a password that an attacker would try first. */
export async function refuseCommon(password: string, field: string): Promise<void> {
  if (!(await isCommon(normalize(password)))) return;
  throw validationFailed([{ field, message: 'is one of the commonest passwords' }]);
}
