import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { initialisationFailed, postgresTooOldOrNew } from './embedded.errors.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServiceAccount } from './service-account.js';

/** PostgreSQL's files: `data/`, which the server owns, and beside it the password, which only Facet can read. */
export interface PostgresCluster {
  readonly home: string;
  readonly data: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServiceAccount | undefined;
}

const LIMIT_MS = 120_000;

/**
 * How the server's programs name their data folder. Another account could not follow a path through, say, /root: it is
 * put into the folder as its working directory instead, and finds the way to it through that.
 */
export const dataArgument = ({ account, data }: PostgresCluster) =>
  account && process.platform === 'linux' ? '/proc/self/cwd' : data;

/** Makes the cluster if there is none, as a whole or not at all; returns the password of the role `facet`. */
export async function openCluster(cluster: PostgresCluster): Promise<string> {
  await removeUnfinished(cluster.home);
  const exists = await stat(cluster.data).then(
    () => true,
    () => false,
  );
  if (!exists) await initialise(cluster);
  const release = await readFile(join(cluster.data, 'PG_VERSION'), 'utf8').catch(() => 'an unknown release');
  if (release.trim() !== cluster.binaries.major) {
    throw postgresTooOldOrNew(cluster.data, release.trim(), cluster.binaries.major);
  }
  return readFile(join(cluster.home, 'password'), 'utf8');
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(dirname(home))) {
    if (!name.startsWith(`${basename(home)}.new-`)) continue;
    await rm(join(dirname(home), name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function initialise(cluster: PostgresCluster): Promise<void> {
  const home = `${cluster.home}.new-${randomBytes(6).toString('hex')}`;
  const unfinished = { ...cluster, home, data: join(home, 'data') };
  await mkdir(unfinished.data, { recursive: true, mode: 0o700 });
  if (cluster.account) await chown(unfinished.data, cluster.account.uid, cluster.account.gid);
  try {
    await makeData(unfinished);
    await makeRole(unfinished);
    await rm(cluster.home, { recursive: true, force: true });
    await rename(home, cluster.home);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** The locale is PostgreSQL's own, so that no upgrade of the system's can change the order of an index. */
async function makeData(cluster: PostgresCluster): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=reject', '--no-instructions'];
  await run(cluster, cluster.binaries.initdb, ['-D', dataArgument(cluster), ...locale, ...access], '');
  await writeFile(join(cluster.data, 'pg_hba.conf'), 'host all facet 127.0.0.1/32 scram-sha-256\n');
}

/** The superuser cannot log in at all; Facet's role owns its database and may make others, no more. */
async function makeRole(cluster: PostgresCluster): Promise<void> {
  const password = randomBytes(24).toString('hex');
  await writeFile(join(cluster.home, 'password'), password, { mode: 0o600, flush: true });
  const statements = [
    `CREATE ROLE facet LOGIN CREATEDB PASSWORD '${password}';`,
    'CREATE DATABASE facet OWNER facet;',
    '',
  ];
  const settings = ['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic'];
  const args = ['--single', ...settings, '-D', dataArgument(cluster), 'postgres'];
  await run(cluster, cluster.binaries.postgres, args, statements.join('\n'));
}

async function run(cluster: PostgresCluster, program: string, args: string[], input: string): Promise<void> {
  const child = spawn(program, args, {
    ...(cluster.account && { uid: cluster.account.uid, gid: cluster.account.gid }),
    cwd: cluster.data,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-1000);
  });
  // A program that ends without reading its input is told by its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw initialisationFailed(errors.trim() || `${basename(program)} ended with ${code ?? 'a signal'}`);
}
