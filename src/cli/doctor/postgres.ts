import { Client } from 'pg';
import { runningDatabaseUrl } from '../../platform/embedded/embedded-database.js';
import { findPostgresPackage } from '../../platform/embedded/postgres-package.js';
import { type Check, TIMEOUT_MS } from './check.js';

/** Major release. */
const OLDEST = 15;

export const postgres: Check = {
  name: 'PostgreSQL',
  look: async ({ DATABASE_URL, DATA_DIR }) => {
    const url = DATABASE_URL ?? (await runningDatabaseUrl(DATA_DIR));
    if (url === null) return `embedded, ${(await findPostgresPackage()).version}; starts with Facet`;
    const version = await versionAt(url);
    if (parseInt(version) < OLDEST) throw new Error(`${version} is too old: Facet needs ${OLDEST} or newer.`);
    return `${version} answers${DATABASE_URL ? '' : ', embedded'}`;
  },
};

async function versionAt(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version.split(' ', 1)[0] ?? 'of no known version';
  } finally {
    await client.end();
  }
}
