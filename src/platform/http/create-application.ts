import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import { NestLogger } from '../logging/nest-logger.js';
import { createAdapter } from './create-adapter.js';
import { ErrorFilter } from './error-filter.js';
import { serveOpenApi } from './openapi.js';
import { unversionedPaths } from './unversioned-paths.js';
import { validationPipe } from './validation.js';

/** The application as it is served and as it is tested: not yet listening. */
export async function createApplication(
  root: DynamicModule,
  environment: Environment,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = await createAdapter(environment, logger);
  const application = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  application.setGlobalPrefix('api/v1', { exclude: unversionedPaths() });
  application.useGlobalPipes(validationPipe());
  application.useGlobalFilters(new ErrorFilter());
  if (environment.servesApi) serveOpenApi(application);
  return application;
}
