import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Environment } from './platform/config/environment.js';
import { assertMigrated, migrate } from './platform/database/migrate.js';
import { Shutdown } from './platform/lifecycle/shutdown.js';
import { type EmbeddedStack, startEmbeddedStack } from './platform/embedded/embedded-stack.js';
import { createApplication } from './platform/http/create-application.js';

/** Time after which a shutdown that hangs is ended; below the 30 s that Kubernetes gives. */
const SHUTDOWN_TIMEOUT_MS = 25_000;

/** Time for which the last requests may finish; then all connections are closed. */
const LAST_REQUESTS_TIMEOUT_MS = 5_000;

/** Boots the databases that are not external, then the application, and shuts down gracefully on SIGTERM and SIGINT. */
export async function serve(settings: Environment, logger: Logger): Promise<void> {
  const stack = await startEmbeddedStack({
    dataDirectory: settings.DATA_DIR,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    searchPath: settings.PATH,
    log: (message, details) => {
      logger.info(details ?? {}, message);
    },
  });
  try {
    const environment = settings.with({ DATABASE_URL: stack.databaseUrl, REDIS_URL: stack.redisUrl });
    await prepareSchema(environment, settings.MIGRATE || !settings.DATABASE_URL, logger);
    const application = await createApplication(AppModule.with(environment), environment, logger);
    await application.listen(environment.PORT, environment.HOST);
    logger.info({ url: await application.getUrl() }, 'Facet is ready');
    endOnSignals(application, stack, logger);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function prepareSchema(environment: Environment, mayMigrate: boolean, logger: Logger): Promise<void> {
  if (!mayMigrate) return assertMigrated(environment);
  const done = await migrate(environment);
  if (done.length > 0) logger.info({ migrations: done }, 'Migrations were applied');
}

function endOnSignals(application: NestFastifyApplication, stack: EmbeddedStack, logger: Logger): void {
  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    logger.info(`${signal}: shutting down`);
    setTimeout(() => {
      logger.fatal('The shutdown timed out; the process exits');
      logger.flush(() => process.exit(1));
    }, SHUTDOWN_TIMEOUT_MS).unref();
    await application.get(Shutdown).start();
    const server = application.getHttpServer();
    setTimeout(() => {
      server.closeAllConnections();
    }, LAST_REQUESTS_TIMEOUT_MS).unref();
    await application.close();
    await stack.stop();
    logger.info('Facet has ended');
    logger.flush(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      end(signal).catch((error: unknown) => {
        logger.fatal({ err: error }, 'The shutdown failed');
        logger.flush(() => process.exit(1));
      });
    });
  }
}
