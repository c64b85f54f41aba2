import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
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

/** What helmet says with a policy; it is the same for every answer, so it is asked once. */
function headersWith(directives: Record<string, string[]>): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      said[name] = value;
    },
    removeHeader: () => undefined,
  };
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Only over https, where it counts; see below.
    strictTransportSecurity: false,
  })({} as IncomingMessage, answer as unknown as ServerResponse, () => undefined);
  return said;
}

export const DATA_HEADERS = headersWith(DATA_POLICY);
const CONSOLE_HEADERS = headersWith(CONSOLE_POLICY);

/** Headers that tell browsers what an answer may do: on every answer, refusals too. */
export function sendSecurityHeaders(fastify: FastifyInstance, environment: Environment): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    reply.headers(CONSOLE.test(request.url) ? CONSOLE_HEADERS : DATA_HEADERS);
    if (environment.production && request.protocol === 'https') {
      reply.header('Strict-Transport-Security', `max-age=${HSTS}`);
    }
    done();
  });
}
