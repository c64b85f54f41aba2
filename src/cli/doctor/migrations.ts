import { assertMigrated } from '../../platform/database/migrate.js';
import { runningDatabaseUrl } from '../../platform/embedded/embedded-database.js';
import type { Check } from './check.js';

export const migrations: Check = {
  name: 'migrations',
  look: async (environment) => {
    const url = environment.DATABASE_URL ?? (await runningDatabaseUrl(environment.DATA_DIR));
    if (url === null) return 'are applied when the embedded PostgreSQL starts';
    await assertMigrated(environment.with({ DATABASE_URL: url }));
    return 'are applied';
  },
};
