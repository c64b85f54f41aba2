import { Tokens } from '@fastify/csrf';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Environment } from '../../platform/config/environment.js';
import { formRefused } from '../auth.errors.js';
import { KeyRing, type SigningKey } from '../tokens/key-ring.js';
import { opaqueToken } from '../tokens/opaque-token.js';
import { cookieOf, FORM_COOKIE, pageCookie } from './cookies.js';

/** Stands for the session in the token of a form by which to sign in. */
const SIGNED_OUT = 'signed out';

/**
 * Protects forms against cross-site requests: by what the browser says about where a form comes from, and by a token in
 * the form, made from a secret in a cookie, the session and a key of ours. Signing in or out makes older tokens invalid.
 */
@Injectable()
export class FormsService {
  constructor(
    private readonly environment: Environment,
    private readonly ring: KeyRing,
  ) {}

  /**
   * Returns the token for the forms of a page, and sets the cookie that holds its secret where there is none.
   * @param sessionId of the principal that sends the form, null for a form by which to sign in
   */
  tokenFor(sessionId: string | null, request: FastifyRequest, reply: FastifyReply): string {
    let secret = cookieOf(request, FORM_COOKIE);
    if (!secret) {
      secret = opaqueToken();
      reply.setCookie(FORM_COOKIE, secret, pageCookie(this.environment.production));
    }
    return tokensBy(this.ring.current).create(secret, sessionId ?? SIGNED_OUT);
  }

  /** @throws form_refused unless the form was sent from a page of ours to this browser. */
  check(sessionId: string | null, request: FastifyRequest, token: string): void {
    const secret = cookieOf(request, FORM_COOKIE) ?? '';
    const isOurs = this.ring.all.some((key) => tokensBy(key).verify(secret, token, sessionId ?? SIGNED_OUT));
    if (!isOurs || !isFromHere(request)) throw formRefused();
  }
}

// The plugin @fastify/csrf-protection knows one key, while a token of the key before has to be valid after a change.
const tokensBy = (key: SigningKey) => new Tokens({ userInfo: true, hmacKey: key.derive('form', 'csrf') });

/** Whether the form comes from this host: by `Sec-Fetch-Site` where the browser sends it, over https, else by `Origin`. */
function isFromHere({ headers, host }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
