import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';

/** Holds the token of a session on pages. */
export const SESSION_COOKIE = 'facet_session';

/** Holds the secret of this browser from which the tokens of forms are made. */
export const FORM_COOKIE = 'facet_form';

/** Returns the value of a cookie that the request carries. Cookies are parsed where they are read: the API takes none. */
export const cookieOf = ({ server, headers }: FastifyRequest, name: string): string | undefined =>
  headers.cookie === undefined ? undefined : server.parseCookie(headers.cookie)[name];

/**
 * Returns the attributes of the cookies of administrators' pages: no script reads them, no other site has them sent
 * along with a form, the API never gets them.
 * @param isHttps whether they are kept from plain http
 */
export const pageCookie = (isHttps: boolean): CookieSerializeOptions => ({
  path: '/admin',
  httpOnly: true,
  sameSite: 'lax',
  secure: isHttps,
});
