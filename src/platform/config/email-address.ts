import { IsEmail, Matches, MaxLength } from 'class-validator';
import { all } from './setting-rules.js';

/** The address of an account: one to which a mail can be sent as it stands. */
export const IsEmailAddress = (): PropertyDecorator =>
  all(
    Matches(/^[^"(),:;<>[\\\]\p{C}\p{Z}]+$/u, { message: 'must be an e-mail address without quotes' }),
    IsEmail({}, { message: 'must be an e-mail address' }),
    MaxLength(100, { message: 'must have at most 100 characters' }),
  );
