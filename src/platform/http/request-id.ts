import type { IncomingMessage } from 'node:http';
import { v7 as uuid } from 'uuid';

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own `X-Request-ID` when it is harmless, else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : uuid();
}
