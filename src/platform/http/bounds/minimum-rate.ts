import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { requestTimedOut } from '../../errors.js';

/** Bytes that a body has to bring in each interval; in 30 seconds a slow phone brings twenty times as many. */
const MIN_BYTES = 32_768;

/**
 * Ends every request whose body hardly comes in, whatever its route does with it: with request_timed_out while it has no
 * answer, else by closing the connection. A body that waits for us is fast enough.
 * @param seconds an interval. What is too slow is ended after two of them at the latest.
 */
export function demandMinimumRate(server: Server, seconds: number): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (hasBody(request)) watch(request, response, seconds * 1000);
  });
}

/** Whether a body is announced. */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function watch(request: IncomingMessage, response: ServerResponse, intervalMs: number): void {
  const { socket } = request;
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    if (request.complete || request.destroyed) {
      clearInterval(timer);
      return;
    }
    if (request.readableLength === 0 && socket.bytesRead - seen < MIN_BYTES) end(request, response);
    seen = socket.bytesRead;
  }, intervalMs).unref();
  request.once('close', () => {
    clearInterval(timer);
  });
}

function end(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) request.destroy();
  // Passed to the reader of the body. Destroying the request would close the connection that the response needs.
  else if (request.listenerCount('error') > 0) request.emit('error', requestTimedOut());
}
