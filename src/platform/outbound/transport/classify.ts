import { type FailureClass, OutboundFailure, retryAfterSeconds } from '../outbound.failure.js';
import type { ReceivedResponse } from './received-response.js';

/** Statuses that are followed; 300, 304 and 305 lead nowhere, even where they name a location. */
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Characters of a text from outside that are shown. */
const MAX_SHOWN_CHARACTERS = 500;

/** A response whose status is not a success, with what was received of it. */
export class ErrorResponse extends OutboundFailure {
  /** The URL that answered so. */
  url = '';

  constructor(
    failure: FailureClass,
    message: string,
    readonly response: ReceivedResponse,
    retryAfter?: number,
  ) {
    super(failure, message, retryAfter);
  }
}

export const isRedirectStatus = (status: number): boolean => REDIRECT_STATUSES.has(status);

export const isRedirect = ({ status, headers }: ReceivedResponse): boolean =>
  isRedirectStatus(status) && headers.location !== undefined && headers.location !== '';

/**
 * Returns null for a success and for a redirect, else what the status means: `rate_limited` for 429, `http_4xx`,
 * `http_5xx`, `bad_response` for a 3xx that leads nowhere.
 */
export function classify(response: ReceivedResponse): ErrorResponse | null {
  const { status } = response;
  if (status < 300 || isRedirect(response)) return null;
  if (status < 400) {
    return new ErrorResponse('bad_response', `The host answered ${status} and nothing to follow.`, response);
  }
  const failure = status === 429 ? 'rate_limited' : status < 500 ? 'http_4xx' : 'http_5xx';
  const mayReturn = status === 429 || status === 503;
  const retryAfter = mayReturn ? retryAfterSeconds(response.headers['retry-after']) : undefined;
  return new ErrorResponse(failure, `The host answered ${status}.`, response, retryAfter);
}

// eslint-disable-next-line no-control-regex -- they are what is taken out
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Returns the first 500 characters of a text from outside, without what a database or a terminal would stumble over. */
export const readable = (text: string): string =>
  text.replace(CONTROL, ' ').trim().slice(0, MAX_SHOWN_CHARACTERS).toWellFormed();
