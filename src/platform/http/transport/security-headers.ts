import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Environment } from '../../config/environment.js';

/** Time for which a browser uses https alone for this host: a year. */
const HSTS_SECONDS = 31_536_000;

/** Where the console is. */
const CONSOLE = /^\/api\/docs(?:$|[/?])/;

/** Where the pages of Facet's own are. */
const PAGES = /^\/admin(?:$|[/?])/;

/**
 * An answer of the API is data. Should a browser show it as a page, files that others have sent in included, then as one
 * that loads nothing, runs nothing and cannot be framed.
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

/** Our pages have their scripts and styles in files, and send forms only here. */
const PAGE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** What helmet says with a policy; it is the same for every answer, so it is asked once. */
function headersWith(
  directives: Record<string, string[]>,
  referrers: 'no-referrer' | 'same-origin' = 'no-referrer',
): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      said[name] = value;
    },
    removeHeader: () => undefined,
  };
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    referrerPolicy: { policy: referrers },
    xFrameOptions: { action: 'deny' },
    // Only over https, where it counts; see below.
    strictTransportSecurity: false,
  })({} as IncomingMessage, answer as unknown as ServerResponse, () => undefined);
  return said;
}

export const DATA_HEADERS = headersWith(DATA_POLICY);
const CONSOLE_HEADERS = headersWith(CONSOLE_POLICY);
// Without a referrer to itself a browser would not say either from where it sends a form.
const PAGE_HEADERS = headersWith(PAGE_POLICY, 'same-origin');

/** Headers that tell browsers what an answer may do: on every answer, refusals too. */
export function sendSecurityHeaders(fastify: FastifyInstance, environment: Environment): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    reply.headers(headersFor(request.url));
    if (environment.production && request.protocol === 'https') {
      reply.header('Strict-Transport-Security', `max-age=${HSTS_SECONDS}`);
    }
    done();
  });
}

function headersFor(url: string): Readonly<Record<string, string>> {
  if (PAGES.test(url)) return PAGE_HEADERS;
  return CONSOLE.test(url) ? CONSOLE_HEADERS : DATA_HEADERS;
}
