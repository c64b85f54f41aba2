import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import { Environment } from '../../platform/config/environment.js';
import { formRefused } from '../auth.errors.js';
import { KeyRing, type SigningKey } from '../tokens/key-ring.js';
import { opaqueToken, sha256 } from '../tokens/opaque-token.js';
import { cookieOf, FORM_COOKIE, pageCookie } from './cookies.js';

/**
 * Keeps other sites from sending our forms with the cookies of whoever visits them: what a browser says about where a form
 * comes from, and a token in the form that only a page of ours can hold, made from a cookie and the session.
 */
@Injectable()
export class FormsService {
  constructor(
    private readonly environment: Environment,
    private readonly ring: KeyRing,
  ) {}

  /**
   * The token for the forms of the page that is answered; sees to the cookie that it is made from.
   * @param sessionId of who is to send the form, null for a form by which to sign in
   */
  tokenFor(sessionId: string | null, request: FastifyRequest, reply: FastifyReply): string {
    let secret = cookieOf(request.headers.cookie, FORM_COOKIE);
    if (secret === undefined) {
      secret = opaqueToken();
      reply.header('Set-Cookie', pageCookie(FORM_COOKIE, secret, this.environment.production, null));
    }
    return derived(this.ring.current, secret, sessionId);
  }

  /** @throws form_refused unless the form was sent from a page of ours to this browser. */
  check(sessionId: string | null, request: FastifyRequest, token: string): void {
    const secret = cookieOf(request.headers.cookie, FORM_COOKIE);
    const right = secret !== undefined && this.ring.all.some((key) => isSame(derived(key, secret, sessionId), token));
    if (!right || !isFromHere(request)) throw formRefused();
  }
}

/** Who signs in or out has other tokens from then on. */
const derived = (key: SigningKey, secret: string, sessionId: string | null): string =>
  key.derive('form', `${secret} ${sessionId ?? ''}`);

const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));

/** What no page can make up: `Sec-Fetch-Site` where the browser sends it, which is over https, else `Origin`. */
function isFromHere({ headers, host }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
