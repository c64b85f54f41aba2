import { type Head, REDIRECTS } from './judge.js';
import { OutboundFailure } from './outbound.failure.js';

/** Names in lower case and their values in turn, as undici takes them: objects that differ by their members cost more. */
export type Headers = readonly string[];

/** One request on its way, which redirects may change. */
export interface Errand {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Headers;
  readonly body: string | Buffer | undefined;
}

/** Redirects that are followed for one request. */
export const MOST_REDIRECTS = 5;

/** Headers that are meant for one origin alone. */
const CONFIDENTIAL: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'idempotency-key',
]);

/**
 * What is to be asked instead, or null when the answer is no redirect. 307 and 308 keep the method and the body, the
 * others ask by GET (RFC 9110, 15.4; Fetch, 4.4). Nothing confidential follows to another origin.
 */
export function redirected(errand: Errand, { status, headers }: Head): Errand | null {
  const { location } = headers;
  if (!REDIRECTS.has(status) || !location) return null;
  if (!URL.canParse(location, errand.url)) throw new OutboundFailure('bad_response', 'It redirects to no valid URL.');
  const next = new URL(location, errand.url);
  const keepsBody = status >= 307 || errand.method === 'GET';
  const staysThere = next.origin === new URL(errand.url).origin;
  const isKept = (name: string) =>
    (keepsBody || !name.startsWith('content-')) && (staysThere || !CONFIDENTIAL.has(name));
  return {
    url: next.href,
    method: keepsBody ? errand.method : 'GET',
    headers: errand.headers.filter((_text, place, all) => isKept(all[place - (place % 2)] ?? '')),
    body: keepsBody ? errand.body : undefined,
  };
}
