import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { freePort } from '../../src/platform/embedded/free-port.js';
import { postgresBinaries } from '../../src/platform/embedded/postgres-binaries.js';
import { dataArgument, openCluster, type PostgresCluster } from '../../src/platform/embedded/postgres-cluster.js';
import { settingArguments } from '../../src/platform/embedded/postgres-settings.js';
import { serviceAccount } from '../../src/platform/embedded/service-account.js';
import { eventually } from '../support/facet.js';

/** A server of the test's own, which stays away when it was killed until it is started again on the same port. */
export interface BreakableServer {
  readonly url: string;
  /** Sends a signal to the server's main process; resolves at its end if the signal is a deadly one. */
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function buildRedis(): Promise<BreakableServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--databases',
    '256',
  ];
  const folder = await mkdtemp(join(tmpdir(), 'facet-redis-'));
  return breakable(url, folder, () => spawn('redis-server', args, { cwd: folder, stdio: 'ignore' }), redisAnswers);
}

export async function buildPostgres(): Promise<BreakableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'facet-postgres-'));
  await chmod(folder, 0o755);
  const home = join(folder, 'postgres');
  const account = await serviceAccount(['postgres', 'nobody'], join(home, 'data'));
  const binaries = await postgresBinaries(account, folder, () => undefined);
  const cluster: PostgresCluster = { home, data: join(home, 'data'), binaries, account };
  const password = await openCluster(cluster);
  const port = await freePort();
  const launch = () =>
    spawn(binaries.postgres, ['-D', dataArgument(cluster), ...settingArguments(port)], {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: cluster.data,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'ignore',
    });
  return breakable(`postgres://facet:${password}@127.0.0.1:${port}/facet`, folder, launch, postgresAnswers);
}

async function breakable(
  url: string,
  folder: string,
  launch: () => ChildProcess,
  answers: (url: string) => Promise<boolean>,
): Promise<BreakableServer> {
  let child: ChildProcess | undefined;
  const isRunning = () => child?.exitCode === null && child.signalCode === null;
  const start = async () => {
    // What a killed server leaves, shared memory for example, may stop the next one for a moment.
    await eventually(
      async () => {
        if (!isRunning()) child = launch();
        return answers(url);
      },
      (ready) => ready,
    );
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (!child || !isRunning()) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exit;
  };
  await start();
  return {
    url,
    kill,
    start,
    remove: async () => {
      await kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

async function redisAnswers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

async function postgresAnswers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
