import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresUnusable } from './embedded.errors.js';
import type { Log } from './log.js';
import { findPostgresPackage, linkLibraries, type PostgresPackage } from './postgres-package.js';
import { canRun, type ServiceAccount } from './service-account.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major release, such as 18. */
  readonly major: string;
}

/** Where root keeps copies that other accounts can run and none can change; the second for a read-only /var/lib. */
const SHARED_FOLDERS = ['/var/lib/facet', '/var/tmp/facet'];

/**
 * PostgreSQL's programs: those of the package where the account can run them in place, else (a checkout under /root, a
 * read-only image whose libraries are not linked) a copy that is made once per release.
 */
export async function postgresBinaries(
  account: ServiceAccount | undefined,
  dataDirectory: string,
  log: Log,
): Promise<PostgresBinaries> {
  const installed = await findPostgresPackage();
  const inPlace = await linkLibraries(installed.root).then(
    () => true,
    () => false,
  );
  if (inPlace && (await canRun(postgresIn(installed.root), account))) return programs(installed.root, installed);

  for (const folder of account ? SHARED_FOLDERS : [dataDirectory]) {
    const copy = join(folder, `postgresql-${installed.version}-${installed.target}`);
    try {
      await openFolder(folder, account);
      if (!(await canRun(postgresIn(copy), account))) await copyPackage(installed.root, copy);
      if (await canRun(postgresIn(copy), account)) return programs(copy, installed);
    } catch (error) {
      log('PostgreSQL cannot be copied to this folder', { folder, reason: String(error) });
    }
  }
  throw postgresUnusable(installed.target);
}

const postgresIn = (root: string) => join(root, 'native', 'bin', 'postgres');

function programs(root: string, { version }: PostgresPackage): PostgresBinaries {
  return {
    initdb: join(root, 'native', 'bin', 'initdb'),
    postgres: postgresIn(root),
    major: version.replace(/\..*/, ''),
  };
}

/** Root runs nothing from a folder that another user could have made or could write to. */
async function openFolder(folder: string, account: ServiceAccount | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (!account) return;
  const { uid, mode } = await lstat(folder);
  const isFolder = (mode & 0o170000) === 0o040000;
  if (!isFolder || uid !== 0 || (mode & 0o022) !== 0) throw new Error('it is not a folder that only root can write to');
  await chmod(folder, 0o755);
}

/** Copies under another name first: a copy that is there is whole. */
async function copyPackage(root: string, copy: string): Promise<void> {
  const unfinished = `${copy}.${randomUUID()}`;
  try {
    await cp(join(root, 'native'), join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && !source.endsWith('/pkgconfig'),
    });
    await linkLibraries(unfinished);
    await readableForAll(unfinished);
    await rm(copy, { recursive: true, force: true });
    await rename(unfinished, copy);
  } finally {
    // Another instance may have made the same copy first.
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function readableForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await readableForAll(path);
    else if (entry.isFile()) await chmod(path, path.includes('/native/bin/') ? 0o755 : 0o644);
  }
}
