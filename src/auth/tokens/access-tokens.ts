import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { KeyRing } from './key-ring.js';

const ALGORITHM = 'HS256';
const ISSUER = 'facet';

/** What a token is good for, and for how many seconds: one for pages opens nothing else, and no page the other. */
export const TOKEN_USES = {
  api: { audience: 'facet', life: 900 },
  pages: { audience: 'facet pages', life: 8 * 3600 },
} as const;

type TokenUse = keyof typeof TOKEN_USES;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What a token says; whether its session still stands is for the database to say. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Verified tokens of one use that are kept. */
const MAX_ENTRIES = 10_000;

interface Verified {
  readonly claims: AccessClaims;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Issues and verifies access tokens: JSON Web Tokens (RFC 7519) by HMAC-SHA256 whose header names the key. A verified
 * token stays in a cache: only time can invalidate it.
 */
@Injectable()
export class AccessTokens {
  private readonly verified = {
    api: new LRUCache<string, Verified>({ max: MAX_ENTRIES }),
    pages: new LRUCache<string, Verified>({ max: MAX_ENTRIES }),
  };

  constructor(private readonly ring: KeyRing) {}

  issue({ userId, sessionId, role }: AccessClaims & { readonly role: string }, use: TokenUse): string {
    const { kid, key } = this.ring.current;
    return jwt.sign({ sid: sessionId, role }, key, {
      algorithm: ALGORITHM,
      keyid: kid,
      subject: userId,
      expiresIn: TOKEN_USES[use].life,
      issuer: ISSUER,
      audience: TOKEN_USES[use].audience,
    });
  }

  /** Returns null for what is no token of ours for this use, and `expired` for one that was. */
  read(token: string, use: TokenUse): AccessClaims | 'expired' | null {
    const cache = this.verified[use];
    const known = cache.get(token);
    if (known && known.expiresAt > Date.now()) return known.claims;
    const verified = this.verify(token, use);
    if (verified === 'expired') cache.delete(token);
    if (verified === 'expired' || verified === null) return verified;
    cache.set(token, verified);
    return verified.claims;
  }

  private verify(token: string, use: TokenUse): Verified | 'expired' | null {
    const signer = this.ring.find(kidOf(token));
    if (!signer) return null;
    const { audience } = TOKEN_USES[use];
    try {
      return verifiedOf(jwt.verify(token, signer.key, { algorithms: [ALGORITHM], issuer: ISSUER, audience }));
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

function verifiedOf(payload: string | jwt.JwtPayload): Verified | null {
  if (typeof payload === 'string') return null;
  const { sub, sid, exp } = payload as { sub?: unknown; sid?: unknown; exp?: unknown };
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') return null;
  return UUID.test(sub) && UUID.test(sid) ? { claims: { userId: sub, sessionId: sid }, expiresAt: exp * 1000 } : null;
}
