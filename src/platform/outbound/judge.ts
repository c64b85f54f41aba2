import type { IncomingHttpHeaders } from 'node:http';
import type { Serves } from './host.js';
import { OutboundFailure, retryAfterSeconds } from './outbound.failure.js';

/** The head of an answer whose body has been kept, or cut off when its status speaks of no success. */
export interface Head {
  readonly status: number;
  /** Of an answer that speaks of no success. */
  readonly headers: IncomingHttpHeaders;
  /** The beginning of the body of an answer that speaks of no success. */
  readonly excerpt: Buffer;
}

/** Statuses that are followed; 300, 304 and 305 lead nowhere, even where they name a location. */
export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Characters of a refusal that are shown. */
const SHOWN = 500;

/**
 * Lets successes and redirects pass.
 * @throws OutboundFailure for the rest: `rate_limited` for 429, `http_4xx`, `http_5xx`.
 */
export function judge(head: Head, serves: Serves): Head {
  const { status, headers } = head;
  if (status < 300 || (REDIRECTS.has(status) && headers.location)) return head;
  if (status < 400) throw new OutboundFailure('bad_response', `The host answered ${status} and nothing to follow.`);
  const failure = status === 429 ? 'rate_limited' : status < 500 ? 'http_4xx' : 'http_5xx';
  const mayReturn = status === 429 || status === 503;
  const retryAfter = mayReturn ? retryAfterSeconds(headers['retry-after']) : undefined;
  // What the operator's own endpoint says helps its callers; a stranger's pages do not.
  const said = serves === 'ai' ? readable(head.excerpt.toString('utf8')) : '';
  throw new OutboundFailure(failure, `The host answered ${status}${said ? `: ${said}` : '.'}`, retryAfter);
}

// eslint-disable-next-line no-control-regex -- they are what is taken out
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The first 500 characters of a text from outside, without what a database or a terminal would stumble over. */
export const readable = (text: string): string => text.replace(CONTROL, ' ').trim().slice(0, SHOWN).toWellFormed();
