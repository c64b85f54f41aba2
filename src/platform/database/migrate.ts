import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { Environment } from '../config/environment.js';
import { databaseOptions } from './data-source.js';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');

/** Any number that no other program uses for an advisory lock in this database. */
const LOCK_ID = 7_033_849_120;

/** Brings the schema up to date; processes that start together take turns. Returns the names of the migrations that were run. */
export async function migrate(environment: Environment): Promise<string[]> {
  return withSource(environment, (source) =>
    withLock(source, async () => {
      const done = await source.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    }),
  );
}

/** @throws when the schema is older than this version of Facet. */
export async function assertMigrated(environment: Environment): Promise<void> {
  if (await withSource(environment, (source) => source.showMigrations())) {
    throw new Error('The schema of the database is not up to date: run npm run migrate, or set MIGRATE=true.');
  }
}

async function withSource<T>(environment: Environment, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new DataSource({
    ...databaseOptions(environment),
    poolSize: 2,
    extra: {},
    migrations: await migrations(),
    migrationsTableName: 'migrations',
  });
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/** TypeORM wants classes whose names end in a time; here a migration is a file of plain SQL named `<time>-<name>.sql`. */
async function migrations(): Promise<(new () => MigrationInterface)[]> {
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(files.map(async (file) => migrationOf(file, await readFile(join(MIGRATIONS, file), 'utf8'))));
}

function migrationOf(file: string, sql: string): new () => MigrationInterface {
  const [, time = '', name = ''] = /^(\d{13})-([\w-]+)\.sql$/.exec(file) ?? [];
  return class implements MigrationInterface {
    readonly name = `${name}${time}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    down(): Promise<void> {
      return Promise.reject(new Error('Facet goes forward only: restore a backup instead.'));
    }
  };
}

async function withLock<T>(source: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK_ID]);
    return await work();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [LOCK_ID]);
    await runner.release();
  }
}
