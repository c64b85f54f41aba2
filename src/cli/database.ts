import { DataSource, type EntityManager } from 'typeorm';
import type { Environment } from '../platform/config/environment.js';
import { databaseOptions } from '../platform/database/data-source.js';
import { isDatabaseAway } from '../platform/database/database-errors.js';
import { assertMigrated, migrate } from '../platform/database/migrate.js';
import { runningDatabaseUrl, startDatabaseAlone } from '../platform/embedded/embedded-database.js';
import { FacetError, type FieldError } from '../platform/errors.js';
import { CommandError } from './command.js';

/**
 * Works on the database of this Facet: that of DATABASE_URL, else the embedded one, which is started for as long where no
 * Facet runs.
 * @throws CommandError
 */
export async function withDatabase<T>(environment: Environment, work: (db: EntityManager) => Promise<T>): Promise<T> {
  try {
    const url = environment.DATABASE_URL ?? (await runningDatabaseUrl(environment.DATA_DIR));
    if (url === null) return await withEmbedded(environment, work);
    const there = environment.with({ DATABASE_URL: url });
    await assertMigrated(there);
    return await connected(there, work);
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}

async function withEmbedded<T>(environment: Environment, work: (db: EntityManager) => Promise<T>): Promise<T> {
  const server = await startDatabaseAlone(environment.DATA_DIR);
  try {
    const there = environment.with({ DATABASE_URL: server.url });
    await migrate(there);
    return await connected(there, work);
  } finally {
    await server.stop();
  }
}

async function connected<T>(environment: Environment, work: (db: EntityManager) => Promise<T>): Promise<T> {
  const source = await new DataSource({ ...databaseOptions(environment), poolSize: 2 }).initialize();
  try {
    return await work(source.manager);
  } finally {
    await source.destroy();
  }
}

/** One sentence for the person at the terminal. */
export function reasonOf(error: unknown): string {
  if (error instanceof FacetError) return refusalOf(error);
  if (isDatabaseAway(error)) return 'PostgreSQL cannot be reached: start it, or set DATABASE_URL to where it is.';
  const { code, message } = error as { code?: unknown; message?: unknown };
  // SQLSTATE class 28, and a database that is not there.
  if (typeof code === 'string' && /^28|^3D000$/.test(code))
    return `PostgreSQL does not let Facet in: ${String(message)}`;
  return String(message);
}

/** What is wrong with which option. */
function refusalOf({ message, details }: FacetError): string {
  const fields = (details?.fields ?? []) as FieldError[];
  return fields.length === 0
    ? message
    : fields.map(({ field, message: fault }) => `--${field.replaceAll('_', '-')} ${fault}.`).join('\n');
}
