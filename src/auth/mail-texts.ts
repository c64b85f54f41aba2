import type { Mail } from '../mail/mail.service.js';

/** What accounts are told by mail, in lines that no mail server has to break. */

interface Addressee {
  readonly username: string;
  readonly email: string;
}

const lines = (...all: string[]): string => `${all.join('\n')}\n`;

export const welcome = ({ username, email }: Addressee): Mail => ({
  to: email,
  subject: 'Welcome to Facet',
  text: lines(
    `Hello ${username},`,
    '',
    'your account is made. Log in with this address and your password.',
    '',
    'If it was not you who made it, ask for a reset of the password to take it',
    'over, or do nothing.',
  ),
});

/** To the owner of an address that was used to register a second account. */
export const alreadyRegistered = ({ email }: Pick<Addressee, 'email'>): Mail => ({
  to: email,
  subject: 'You have an account at Facet',
  text: lines(
    'Hello,',
    '',
    'somebody, perhaps you, tried to make an account with this address, which',
    'has one already. Nothing was changed.',
    '',
    'If it was you, log in as before, or ask for a reset if you have forgotten',
    'the password. If it was not, do nothing.',
  ),
});

export const resetPassword = ({ username, email }: Addressee, token: string): Mail => ({
  to: email,
  subject: 'Reset your password at Facet',
  text: lines(
    `Hello ${username},`,
    '',
    'somebody, perhaps you, asked to reset the password of your account.',
    'Within an hour this token does it, once:',
    '',
    token,
    '',
    'Send it with the new password to POST /api/v1/auth/reset-password.',
    'If it was not you, do nothing.',
  ),
});

export const passwordChanged = ({ username, email }: Addressee): Mail => ({
  to: email,
  subject: 'Your password at Facet was changed',
  text: lines(
    `Hello ${username},`,
    '',
    'the password of your account was changed, and all of its sessions have',
    'ended: log in with the new one.',
    '',
    'If it was not you, ask for a reset at once.',
  ),
});
