import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Environment } from '../../config/environment.js';
import { defineError, malformedRequest } from '../../errors.js';

export const httpsRequired = defineError('https_required', 403, 'Facet answers over https only.');

/** Probes are sent to the process directly, over plain http. */
const PROBES = new Set(['/health', '/health/live', '/health/ready']);

export const isProbe = (path: string): boolean => PROBES.has(path);

const HOSTNAME = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])$/i;

/**
 * Redirects reads over plain http to https, and refuses everything else: a body has been sent in the clear already, and a
 * client that follows redirects would go on doing so.
 */
export function demandHttps(fastify: FastifyInstance, environment: Environment): void {
  if (!environment.demandsHttps) return;
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.protocol === 'https' || isProbe(pathOf(request))) return;
    // A proxy that does not say how it was asked cannot be told from a caller on the same network.
    if (environment.HTTPS_ONLY === 'auto' && request.headers['x-forwarded-proto'] === undefined) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') throw httpsRequired();
    const { hostname } = request;
    if (!HOSTNAME.test(hostname)) throw malformedRequest();
    await reply.redirect(`https://${hostname}${request.originalUrl}`, 308);
  });
}

const pathOf = ({ originalUrl }: FastifyRequest): string => originalUrl.split('?', 1)[0] ?? '';
