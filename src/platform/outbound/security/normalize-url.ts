import { isIP } from 'node:net';
import type { AddressPolicy } from './address-policy.js';

export type NormalizedUrl =
  /** `href` is what is stored, compared and sent; `host` is `name` or `name:port`, the key of circuits and limits. */
  | { readonly ok: true; readonly href: string; readonly host: string }
  | { readonly ok: false; readonly failure: 'invalid_url' | 'blocked_address'; readonly message: string };

/** Characters of a URL. */
const MAX_CHARACTERS = 4096;

const WEB = /^https?:\/\//i;
// eslint-disable-next-line no-control-regex -- they are what must not be there
const CONTROL = /[\u0000-\u001f\u007f]/;
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const OWN_NAME = /^(?:.*\.)?localhost$/;

/**
 * Returns the URL in the one form that WHATWG's parser gives it, without fragment and trailing dot, or why it is refused.
 * Addresses in any spelling (decimal, octal, hexadecimal, short, full-width, percent-encoded) come out of the parser as
 * addresses and are held against the policy here; names are, when they are resolved. Any port may be asked.
 */
export function normalizeUrl(text: string, policy: AddressPolicy): NormalizedUrl {
  const url = checkUrl(text, policy);
  return url instanceof URL ? { ok: true, href: url.href, host: url.host } : url;
}

type Refusal = Extract<NormalizedUrl, { ok: false }>;

/** Does the same and returns the parsed URL. */
export function checkUrl(text: string, policy: AddressPolicy): URL | Refusal {
  const url = parse(text.trim());
  if (typeof url === 'string') return { ok: false, failure: 'invalid_url', message: url };
  const hostname = bareHostname(url);
  const address = isIP(hostname) !== 0;
  if (!address && !NAME.test(hostname)) {
    return { ok: false, failure: 'invalid_url', message: 'The host of the URL is not a valid name.' };
  }
  if ((address || OWN_NAME.test(hostname)) && !policy.permits(hostname, hostname, portOf(url))) {
    return { ok: false, failure: 'blocked_address', message: BLOCKED };
  }
  return url;
}

export const BLOCKED = 'The URL leads to an address that is not public.';

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

/** The host without the brackets of IPv6. */
const bareHostname = ({ hostname }: URL): string => (hostname.startsWith('[') ? hostname.slice(1, -1) : hostname);

/** The URL, or what is wrong with it. */
function parse(text: string): URL | string {
  if (text === '') return 'The URL is empty.';
  if (text.length > MAX_CHARACTERS) return `The URL is longer than ${MAX_CHARACTERS} characters.`;
  if (!WEB.test(text)) return 'The URL does not start with http:// or https://.';
  // The parser would leave tabs and line breaks out and find a host that is not to be read in the text.
  if (CONTROL.test(text)) return 'The URL has control characters.';
  if (!URL.canParse(text)) return 'The URL cannot be parsed.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'The URL has a user name or password.';
  if (url.href.includes('#')) url.hash = '';
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return url;
}
