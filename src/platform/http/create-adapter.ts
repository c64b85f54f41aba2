import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import { malformedRequest, requestTimedOut, routeNotFound } from '../errors.js';
import { resolveAlias } from './aliases.js';
import { parseWithinBounds } from './bounds/body-parsers.js';
import { demandMinimumRate } from './bounds/minimum-rate.js';
import { checkHead, hearExpectations } from './bounds/request-head.js';
import { errorBody } from './error-filter.js';
import { requestId } from './request-id.js';
import { allowOrigins } from './transport/cross-origin.js';
import { tidyForwardedFor } from './transport/forwarded.js';
import { demandHttps } from './transport/https-only.js';
import { DATA_HEADERS, sendSecurityHeaders } from './transport/security-headers.js';

/** Time without a byte in either direction after which a connection is closed. */
const IDLE_TIMEOUT_MS = 60_000;

/** Fastify as every part of the API expects it: ids on requests, one line of log each, multipart, aliases. */
export async function createAdapter(environment: Environment, logger: Logger): Promise<FastifyAdapter> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // The lines about a request name it themselves, so that no logger has to be made for each request.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    requestIdHeader: false,
    genReqId: requestId,
    trustProxy: trustedProxies(environment.TRUST_PROXY),
    connectionTimeout: IDLE_TIMEOUT_MS,
    // Open connections are served during a graceful shutdown, too.
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }) => resolveAlias(url),
    frameworkErrors: (error: Error & { code?: string }, request: FastifyRequest, reply: FastifyReply) => {
      const refusal = error.code === 'FST_ERR_BAD_URL' ? malformedRequest() : routeNotFound();
      logger.debug({ err: error, request_id: request.id }, 'A request could not be routed');
      void reply
        .status(refusal.status)
        .headers({ ...DATA_HEADERS, 'X-Request-ID': request.id })
        .send(errorBody(refusal, request.id));
    },
    clientErrorHandler: refuseMalformedHttp,
    http: { requireHostHeader: false },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  hearExpectations(fastify.server);
  demandMinimumRate(fastify.server, environment.BODY_TIMEOUT);
  fastify.addHook('onRequest', takeUp);
  fastify.addHook('onResponse', logRequest);
  sendSecurityHeaders(fastify, environment);
  checkHead(fastify, environment.MAX_PARAMETERS);
  demandHttps(fastify, environment);
  await allowOrigins(fastify, environment);
  parseWithinBounds(adapter, environment);
  // Only pages read cookies, and parse them then.
  await fastify.register(cookie, { hook: false });
  await fastify.register(multipart);
  return adapter;
}

function takeUp(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  tidyForwardedFor(request.raw);
  reply.header('X-Request-ID', request.id);
  done();
}

function trustedProxies(setting: string): boolean | string | ((address: string, hop: number) => boolean) {
  if (setting === 'true' || setting === 'false') return setting === 'true';
  return /^\d+$/.test(setting) ? (_address, hop) => hop < Number(setting) : setting;
}

function logRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  request.log.info(
    {
      request_id: request.id,
      method: request.method,
      path: request.originalUrl.split('?', 1)[0],
      status: reply.statusCode,
      duration: Math.round(reply.elapsedTime) / 1000,
      ip_address: request.ip,
    },
    'request',
  );
  done();
}

/** Bytes that are not HTTP never reach a route; they get the same body as every other refusal. */
function refuseMalformedHttp({ code }: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return;
  const refusal = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? requestTimedOut() : malformedRequest();
  const id = requestId({ headers: {} });
  const body = JSON.stringify(errorBody(refusal, id));
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-ID: ${id}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
