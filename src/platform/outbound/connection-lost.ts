import { OutboundFailure } from './outbound.failure.js';

/** Codes by which undici and its parser say that the other side does not speak HTTP as it should. */
const NOT_HTTP = /^UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|NOT_SUPPORTED)/;

const TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO)/;

/** What an error on an open connection means for the row. */
export function connectionLost(error: Error & { code?: string }): OutboundFailure {
  if (error instanceof OutboundFailure) return error;
  const code = error.code ?? '';
  if (error.name === 'HTTPParserError' || NOT_HTTP.test(code))
    return new OutboundFailure('bad_response', 'The answer is not valid HTTP.');
  if (TLS.test(code)) return new OutboundFailure('tls', 'The secure connection broke.');
  return new OutboundFailure('connect', 'The connection was closed before the answer was complete.');
}
