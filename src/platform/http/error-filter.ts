import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway, isDatabaseFull } from '../database/database-errors.js';
import { diskTroubleOf } from '../disk/disk-failure.js';
import {
  bodyTooLarge,
  dependencyUnavailable,
  expectationFailed,
  FacetError,
  internalError,
  malformedRequest,
  requestTimedOut,
  routeNotFound,
  unsupportedContentType,
} from '../errors.js';
import { drainRequestBody } from './drain-request-body.js';

export interface ErrorBody {
  readonly error: { code: string; message: string; details: Record<string, unknown> | null; request_id: string };
}

/** Bytes of a refusal at most. */
const MAX_REFUSAL_BYTES = 8192;

/** Returns the body of a refusal. Each error keeps itself short; one that does not goes without its details. */
export function errorBody({ code, message, details }: FacetError, request_id: string): ErrorBody {
  const body: ErrorBody = { error: { code, message, details, request_id } };
  if (Buffer.byteLength(JSON.stringify(body)) <= MAX_REFUSAL_BYTES) return body;
  return { error: { code, message: message.slice(0, 1000).toWellFormed(), details: null, request_id } };
}

/** Turns every thrown value into the one error body. Unforeseen errors are logged, and their details never sent. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asFacetError(thrown);
    if (error.status >= 500) this.report(thrown, request.id);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (error.retryAfter !== undefined) void reply.header('Retry-After', String(Math.ceil(error.retryAfter)));
    // RFC 9110: an answer 401 names the way to sign in.
    if (error.status === 401 && !reply.hasHeader('WWW-Authenticate')) {
      void reply.header('WWW-Authenticate', 'Bearer realm="facet"');
    }
    // The rest of a body that timed out is not read.
    if (error.status === 408) void reply.header('Connection', 'close');
    else drainRequestBody(request, reply);
    this.answer(error, request, reply.status(error.status));
  }

  protected answer(error: FacetError, request: FastifyRequest, reply: FastifyReply): void {
    void reply.type('application/json; charset=utf-8').send(errorBody(error, request.id));
  }

  private report(thrown: unknown, request_id: string): void {
    const err = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.logger.error({ message: err.message, err, request_id });
  }
}

const BY_STATUS: Readonly<Record<number, () => FacetError>> = {
  400: malformedRequest,
  404: routeNotFound,
  408: requestTimedOut,
  413: bodyTooLarge,
  415: unsupportedContentType,
  417: expectationFailed,
};

function asFacetError(thrown: unknown): FacetError {
  if (thrown instanceof FacetError) return thrown;
  if (isDatabaseAway(thrown) || isDatabaseFull(thrown) || diskTroubleOf(thrown)) return dependencyUnavailable();
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown } | null)?.statusCode;
  return (typeof status === 'number' ? BY_STATUS[status] : undefined)?.() ?? internalError();
}
