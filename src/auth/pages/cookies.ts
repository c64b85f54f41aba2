/** Holds the token of whoever has signed in on a page. */
export const SESSION_COOKIE = 'facet_session';

/** Holds what the tokens of forms are made from, of this browser alone. */
export const FORM_COOKIE = 'facet_form';

/** The cookie of this name in a `Cookie` header; only the characters that tokens of ours are made of. */
export const cookieOf = (header: string | undefined, name: string): string | undefined =>
  new RegExp(`(?:^|; ?)${name}=([\\w.-]+)(?:;|$)`).exec(header ?? '')?.[1];

/**
 * A `Set-Cookie` header (RFC 6265) for the pages of administrators: no script reads it, no other site has it sent along
 * with a form, the API never gets it.
 * @param secure whether it is kept from plain http
 * @param life seconds; 0 takes the cookie away, and null leaves it until the browser is closed
 */
export const pageCookie = (name: string, value: string, secure: boolean, life: number | null): string =>
  [
    `${name}=${value}`,
    'Path=/admin',
    'HttpOnly',
    'SameSite=Lax',
    ...(secure ? ['Secure'] : []),
    ...(life === null ? [] : [`Max-Age=${life}`]),
  ].join('; ');
