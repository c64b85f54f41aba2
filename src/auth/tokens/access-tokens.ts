import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { KeyRing } from './key-ring.js';

/** Seconds for which an access token is good. */
export const ACCESS_TOKEN_LIFE = 900;

const ALGORITHM = 'HS256';
const PARTIES = { issuer: 'facet', audience: 'facet' } as const;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What a token says; whether its session still stands is for the database to say. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Access tokens as JSON Web Tokens (RFC 7519) by HMAC-SHA256; which key signed one stands in its header. */
@Injectable()
export class AccessTokens {
  constructor(private readonly ring: KeyRing) {}

  issue({ userId, sessionId, role }: AccessClaims & { readonly role: string }): string {
    const { kid, key } = this.ring.current;
    return jwt.sign({ sid: sessionId, role }, key, {
      algorithm: ALGORITHM,
      keyid: kid,
      subject: userId,
      expiresIn: ACCESS_TOKEN_LIFE,
      ...PARTIES,
    });
  }

  /** Null for whatever is not a token of ours, and `expired` for one that was. */
  read(token: string): AccessClaims | 'expired' | null {
    const signer = this.ring.find(kidOf(token));
    if (!signer) return null;
    try {
      return claimsOf(jwt.verify(token, signer.key, { algorithms: [ALGORITHM], ...PARTIES }));
    } catch (error) {
      return error instanceof jwt.TokenExpiredError ? 'expired' : null;
    }
  }
}

function kidOf(token: string): unknown {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
    return (header as { kid?: unknown } | null)?.kid;
  } catch {
    return undefined;
  }
}

function claimsOf(payload: string | jwt.JwtPayload): AccessClaims | null {
  if (typeof payload === 'string') return null;
  const { sub, sid, exp } = payload as { sub?: unknown; sid?: unknown; exp?: unknown };
  if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined) return null;
  return UUID.test(sub) && UUID.test(sid) ? { userId: sub, sessionId: sid } : null;
}
