import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockDirectory } from './instance-lock.js';
import { startPostgres } from './postgres.js';
import { readPostmaster } from './postmaster-file.js';
import { identify } from './process-identity.js';
import type { RunningServer } from './supervised-server.js';

/** Where the embedded PostgreSQL of a Facet that is running listens; null while none is. */
export async function runningDatabaseUrl(dataDirectory: string): Promise<string | null> {
  const home = join(dataDirectory, 'postgres');
  const postmaster = await readPostmaster(join(home, 'data'));
  if (!postmaster?.ready || !(await identify(postmaster.pid))) return null;
  const password = await readFile(join(home, 'password'), 'utf8');
  return `postgres://facet:${password}@127.0.0.1:${postmaster.port}/facet`;
}

/**
 * The embedded PostgreSQL without the rest, for as long as it is not stopped.
 * @throws EmbeddedStackError where a Facet holds the folder, or PostgreSQL cannot run.
 */
export async function startDatabaseAlone(dataDirectory: string): Promise<RunningServer> {
  const directory = resolve(dataDirectory);
  const lock = await lockDirectory(directory);
  try {
    const server = await startPostgres(directory, () => undefined);
    const stop = () => server.stop().finally(() => lock.release());
    return { url: server.url, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
