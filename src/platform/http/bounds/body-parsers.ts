import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Environment } from '../../config/environment.js';
import { checkJson } from './json-bounds.js';
import { parseForm } from './parameters.js';

/** Bytes of a body that is parsed as a whole; files come as multipart streams with a limit of their own. */
const BODY_LIMIT_BYTES = 1_048_576;

/** Has JSON and forms checked against the bounds of the environment before they are parsed, on every route. */
export function parseWithinBounds(adapter: FastifyAdapter, { jsonBounds, MAX_PARAMETERS }: Environment): void {
  const options = { bodyLimit: BODY_LIMIT_BYTES };
  const parseJson = adapter.getInstance<FastifyInstance>().getDefaultJsonParser('error', 'error');
  adapter.useBodyParser('application/json', false, options, (request, body, done) => {
    const text = body.toString();
    checkJson(text, jsonBounds);
    void parseJson(request, text, done);
  });
  adapter.useBodyParser('application/x-www-form-urlencoded', false, options, (_request, body, done) => {
    done(null, parseForm(body.toString(), MAX_PARAMETERS));
  });
}
