import { createHmac } from 'node:crypto';

/**
 * Stands for a text where the text itself has no business: the same text has the same pseudonym, and only who has the
 * secret can tell whether a guess is right.
 * @param purpose pseudonyms made for one purpose say nothing about those made for another
 */
export const pseudonymOf = (secret: string, purpose: string, text: string): string =>
  createHmac('sha256', secret).update(`${purpose}\0${text}`).digest('base64url').slice(0, 22);
