import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';

/** Sends the headers of a stream with the stream, not with its first byte, which may take PostgreSQL a while. */
export class HeadersAtOnce implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    // Refusals are no streams and are not piped.
    raw.once('pipe', () => {
      raw.flushHeaders();
    });
    return next.handle();
  }
}
