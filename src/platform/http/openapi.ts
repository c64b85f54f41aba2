import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SECURITY } from './access.js';
import { Environment } from '../config/environment.js';
import { describeCommonErrors } from './common-errors.js';
import { errorCatalogue } from '../errors.js';

export function describeApi(application: NestFastifyApplication): OpenAPIObject {
  const errors = errorCatalogue().map(({ code, status, meaning }) => `| \`${code}\` | ${status} | ${meaning} |`);
  const description = [
    'Send in an image, a video or a document, get its analysis. Times are ISO 8601 in UTC, durations seconds, sizes',
    'bytes, boxes pixels of the upright image. `/analyze`, `/results…`, `/api/progress/…`, `/api/statistics` and',
    '`/api/history` answer as the routes of the same name under `/api/v1`.',
    '',
    'Every refusal has the body `{"error":{"code","message","details","request_id"}}`.',
    '',
    '| code | status | meaning |',
    '|---|---|---|',
    ...errors,
  ].join('\n');
  const config = new DocumentBuilder()
    .setTitle('Facet')
    .setVersion('1')
    .setDescription(description)
    .addBearerAuth({ type: 'http', description: 'From `POST /auth/login`; good for 15 minutes.' }, SECURITY.token)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, SECURITY.key)
    .build();
  const document = SwaggerModule.createDocument(application, config);
  describeCommonErrors(document, application.get(Environment).demandsHttps);
  return document;
}

/** The console at `/api/docs`, its document at `/api/docs-json`; made at the first look, not at the start. */
export function serveOpenApi(application: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', application, () => describeApi(application), {
    jsonDocumentUrl: 'api/docs-json',
    customSiteTitle: 'Facet',
    swaggerOptions: { displayRequestDuration: true, persistAuthorization: true },
  });
}
