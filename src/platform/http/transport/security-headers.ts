import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Environment } from '../../config/environment.js';

/** Seconds for which a browser speaks https alone to a host that has asked for it: a year. */
const HSTS = 31_536_000;

/** Where the console is; it is the only page that Facet has. */
const CONSOLE = /^\/api\/docs(?:$|[/?])/;

/**
 * An answer of the API is data. Should a browser show it as a page, files that others have sent in included, then as one
 * that loads nothing, runs nothing and is framed by nobody.
 */
const DATA_POLICY: Record<string, string[]> = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  sandbox: [],
};

/** The console runs its own scripts; Swagger UI puts styles into its elements. */
const CONSOLE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** What is said of an answer for which no route was even looked for. */
export const DATA_HEADERS = {
  'Content-Security-Policy': Object.entries(DATA_POLICY)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join(';'),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

const withPolicy = (directives: Record<string, string[]>): FastifyHelmetOptions => ({
  contentSecurityPolicy: { useDefaults: false, directives },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
  // Only over https, where it counts; see below.
  strictTransportSecurity: false,
});

/** Headers that tell browsers what an answer may do: on every answer, refusals too. */
export async function sendSecurityHeaders(fastify: FastifyInstance, environment: Environment): Promise<void> {
  await fastify.register(helmet, { ...withPolicy(DATA_POLICY), global: true });
  const forConsole = withPolicy(CONSOLE_POLICY);
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    if (CONSOLE.test(request.url)) reply.helmet(forConsole);
    if (environment.production && request.protocol === 'https') {
      reply.header('Strict-Transport-Security', `max-age=${HSTS}`);
    }
    done();
  });
}
