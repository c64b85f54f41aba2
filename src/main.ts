import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { loadEnvironment, EnvironmentError } from './platform/config/load-environment.js';
import { createLogger } from './platform/logging/create-logger.js';
import type * as Serving from './serve.js';

/**
 * `serve.js` and what it needs, bundled by the build. The bundle has its own copies of settings and log: no `instanceof`
 * holds between what is loaded here and there.
 */
const BUNDLE = './bundle/serve.js';

// Short-lived objects are collected within milliseconds. V8's helper threads spend more time on coordination than
// on that, and take it from PostgreSQL and other processes on the same cores.
setFlagsFromString('--no-parallel-scavenge');

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  const environment = loadEnvironment();
  const logger = createLogger(environment);
  try {
    // Wrong settings are reported before everything else is loaded.
    const { serve } = (await import(BUNDLE)) as typeof Serving;
    await serve(environment, logger);
  } catch (error) {
    logger.fatal({ err: error }, 'Facet could not start');
    logger.flush(() => process.exit(1));
  }
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
