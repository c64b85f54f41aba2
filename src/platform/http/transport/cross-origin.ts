import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Environment } from '../../config/environment.js';

/** Time for which a browser caches the response to a preflight request. */
const PREFLIGHT_TTL_SECONDS = 600;

/** Headers of answers that a page of another origin may read, besides the simplest. */
const EXPOSED = [
  'Content-Disposition',
  'Idempotent-Replayed',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-ID',
];

const ACCEPTED = ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'X-API-Key', 'X-Request-ID'];

/** Lets pages of the origins in `CORS_ORIGINS` call the API, without cookies; where there are none, nothing is said. */
export async function allowOrigins(fastify: FastifyInstance, { corsOrigins }: Environment): Promise<void> {
  if (corsOrigins.length === 0) return;
  await fastify.register(cors, {
    origin: [...corsOrigins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ACCEPTED,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_TTL_SECONDS,
  });
}
