import { OutboundFailure } from '../outbound.failure.js';

/** Codes by which undici and its parser say that the other side does not speak HTTP as it should. */
const NOT_HTTP = /^UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|NOT_SUPPORTED)/;

const TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO)/;

/** The code for a request that cannot be sent as it is, such as a header with a line break: a fault of the caller. */
const INVALID_REQUEST = 'UND_ERR_INVALID_ARG';

/** Returns what an error of a request or its connection means; an invalid request's error itself. */
export function connectionFailure(error: Error & { code?: string }): Error {
  const code = error.code ?? '';
  if (error instanceof OutboundFailure || code === INVALID_REQUEST) return error;
  if (error.name === 'HTTPParserError' || NOT_HTTP.test(code))
    return new OutboundFailure('bad_response', 'The answer is not valid HTTP.');
  if (TLS.test(code)) return new OutboundFailure('tls', 'The secure connection broke.');
  return new OutboundFailure('connect', 'The connection was closed before the answer was complete.');
}
