import { EnvironmentError, loadEnvironment } from './platform/config/load-environment.js';
import { migrate } from './platform/database/migrate.js';

try {
  const done = await migrate(loadEnvironment());
  console.log(done.length > 0 ? `Applied: ${done.join(', ')}` : 'The schema is up to date.');
} catch (error) {
  console.error(error instanceof EnvironmentError ? error.message : error);
  process.exitCode = 1;
}
