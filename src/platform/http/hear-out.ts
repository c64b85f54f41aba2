import type { FastifyReply, FastifyRequest } from 'fastify';

/** Milliseconds for which the rest of a refused request is read and forgotten. */
const PATIENCE = 60_000;

/**
 * Lets a client that is refused before it has sent everything go on for a while: many listen only once they are done,
 * and would never learn why they were refused if the connection were closed on them.
 */
export function hearOut({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.destroyed) return;
  void reply.removeHeader('Connection');
  raw.unpipe();
  raw.resume();
  const limit = setTimeout(() => raw.destroy(), PATIENCE).unref();
  raw.once('close', () => {
    clearTimeout(limit);
  });
}
