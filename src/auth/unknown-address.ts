import type { KeyRing } from './tokens/key-ring.js';

/**
 * The subject for an address that belongs to no account: people type passwords and other people's addresses into that
 * field, so it is not kept, but the same address can be recognized.
 */
export const unknownAddressSubject = ({ current }: KeyRing, email: string): string =>
  `email:${current.pseudonym('audit', email.trim().toLowerCase())}`;
