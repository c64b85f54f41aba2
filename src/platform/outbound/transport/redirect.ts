import { OutboundFailure } from '../outbound.failure.js';
import { isRedirect } from './classify.js';
import type { Headers, HttpMethod } from './outbound-request.js';
import type { ReceivedResponse } from './received-response.js';

/** One request on its way, which redirects may change. */
export interface HttpRequest {
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers: Headers;
  readonly body: string | Buffer | undefined;
}

/** Redirects that are followed for one request. */
export const MAX_REDIRECTS = 5;

/** Names of headers that are meant for one origin alone: credentials, signatures, and keys such as `idempotency-key`. */
const CONFIDENTIAL = /auth|cookie|credential|key|secret|signature|token/;

/**
 * Returns the request to make instead, null when the response is no redirect. 307 and 308 keep method and body; 303 asks
 * by GET, so do 301 and 302 after a POST (Fetch, 4.4). Nothing confidential follows to another origin.
 * @throws OutboundFailure `bad_response` when the location is no URL
 */
export function redirected(request: HttpRequest, response: ReceivedResponse): HttpRequest | null {
  if (!isRedirect(response)) return null;
  const location = response.headers.location ?? '';
  if (!URL.canParse(location, request.url)) {
    throw new OutboundFailure('bad_response', 'It redirects to no valid URL.');
  }
  const next = new URL(location, request.url);
  const keepsMethod = !becomesGet(request.method, response.status);
  const sameOrigin = next.origin === new URL(request.url).origin;
  const isKept = (name: string) =>
    (keepsMethod || !name.startsWith('content-')) && (sameOrigin || !CONFIDENTIAL.test(name));
  return {
    url: next.href,
    method: keepsMethod ? request.method : 'GET',
    headers: request.headers.filter((_text, at, all) => isKept((all[at - (at % 2)] ?? '').toLowerCase())),
    body: keepsMethod ? request.body : undefined,
  };
}

const becomesGet = (method: HttpMethod, status: number): boolean =>
  status === 303 ? method !== 'GET' && method !== 'HEAD' : method === 'POST' && (status === 301 || status === 302);
