import type { FastifyReply, FastifyRequest } from 'fastify';

/** Time for which the rest of a refused request is read and discarded. */
const TIMEOUT_MS = 60_000;

/**
 * Reads and discards the rest of a request body after an error response. Many clients read the response only once they
 * have sent everything, and would not see it if the connection were closed before.
 */
export function drainRequestBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.destroyed) return;
  void reply.removeHeader('Connection');
  raw.unpipe();
  raw.resume();
  const limit = setTimeout(() => raw.destroy(), TIMEOUT_MS).unref();
  raw.once('close', () => {
    clearTimeout(limit);
  });
}
