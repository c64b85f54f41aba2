import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { pseudonymOf } from '../pseudonym.js';

/** One of the secrets, as a key that signs tokens. */
export interface SigningKey {
  /** Says which key signed a token, and nothing about the key. */
  readonly kid: string;
  readonly key: KeyObject;
  /** 256 bits derived from one of our own by HMAC: the same every time, and of no use to learn the key from. */
  derive(purpose: 'refresh-token' | 'api-key' | 'idempotency' | 'form', from: string): string;
  /** Of a text that is not to be kept; see `pseudonymOf`. */
  pseudonym(purpose: string, text: string): string;
}

/** The secret that signs, and the ones before it whose tokens are still taken. */
export class KeyRing {
  readonly current: SigningKey;
  readonly all: readonly SigningKey[];

  constructor(secret: string, previous: readonly string[]) {
    this.current = signingKey(secret);
    this.all = [this.current, ...previous.map(signingKey)];
  }

  find(kid: unknown): SigningKey | undefined {
    return this.all.find((key) => key.kid === kid);
  }
}

function signingKey(secret: string): SigningKey {
  const kid = createHash('sha256').update(`facet kid ${secret}`).digest('base64url').slice(0, 16);
  const base = Buffer.from(hkdfSync('sha256', secret, '', 'facet derived tokens', 32));
  return {
    kid,
    key: createSecretKey(Buffer.from(secret)),
    derive: (purpose, from) => createHmac('sha256', base).update(`${purpose} ${from}`).digest('base64url'),
    pseudonym: (purpose, text) => pseudonymOf(secret, purpose, text),
  };
}
