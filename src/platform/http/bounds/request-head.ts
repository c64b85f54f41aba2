import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { expectationFailed, malformedRequest } from '../../errors.js';
import { checkParameters } from './parameters.js';

/** Lets requests through whose `Expect` Node knows nothing about: it would refuse them as well, but without our body. */
export function hearExpectations(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}

/**
 * Refuses what is wrong with a request before its body: not exactly one `Host`, an `Expect` that is not kept, too many
 * parameters in its query.
 */
export function checkHead(fastify: FastifyInstance, maxParameters: number): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    checkHost(request.raw);
    const { expect } = request.headers;
    if (expect !== undefined && expect.trim().toLowerCase() !== '100-continue') throw expectationFailed();
    checkParameters(request.raw.url ?? '', maxParameters);
    done();
  });
}

/** RFC 9112, section 3.2; HTTP/1.0 need not name a host. */
function checkHost({ rawHeaders, httpVersion }: IncomingMessage): void {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1) throw malformedRequest('The request has more than one Host header.');
  if (hosts === 0 && httpVersion === '1.1') throw malformedRequest('The request has no Host header.');
}
