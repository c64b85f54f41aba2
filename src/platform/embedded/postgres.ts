import { join } from 'node:path';
import pg from 'pg';
import { ServerDidNotStart } from './embedded.errors.js';
import type { Log } from './log.js';
import { postgresBinaries } from './postgres-binaries.js';
import { dataArgument, openCluster, type PostgresCluster } from './postgres-cluster.js';
import { settingArguments } from './postgres-settings.js';
import { clearPostmaster, readPostmaster } from './postmaster-file.js';
import type { TerminationStep } from './process-identity.js';
import { ServerLog } from './server-log.js';
import type { ServerPlan } from './server-plan.js';
import { serviceAccount } from './service-account.js';
import { type RunningServer, SupervisedServer } from './supervised-server.js';

/** Fast shutdown (open transactions are rolled back), immediate shutdown (the next start reads the journal), the end. */
const TERMINATION_STEPS: readonly TerminationStep[] = [
  ['SIGINT', 20],
  ['SIGQUIT', 5],
  ['SIGKILL', 5],
];

/** Starts PostgreSQL with its data in `postgres/` of the data directory, which is made at the first start. */
export async function startPostgres(dataDirectory: string, log: Log): Promise<RunningServer> {
  const home = join(dataDirectory, 'postgres');
  const data = join(home, 'data');
  const account = await serviceAccount(['postgres', '_postgres', 'nobody'], data);
  const binaries = await postgresBinaries(account, dataDirectory, log);
  const cluster = { home, data, binaries, account };
  const password = await openCluster(cluster);
  const server = new SupervisedServer(planFor(cluster, password), log);
  const port = await server.start();
  return { url: `postgres://facet:${password}@127.0.0.1:${port}/facet`, stop: () => server.stop() };
}

function planFor(cluster: PostgresCluster, password: string): ServerPlan {
  const { home, data, binaries, account } = cluster;
  const output = new ServerLog(join(home, 'server.log'));
  return {
    name: 'PostgreSQL',
    record: join(home, 'server.pid'),
    output,
    ending: TERMINATION_STEPS,
    remedies: [
      [/Address already in use/, 'another_port'],
      // After SIGKILL of the postmaster its children hold the shared memory a little longer.
      [/pre-existing shared memory block|lock file ".*" already exists/, 'patience'],
    ],
    launch: (port) => ({
      program: binaries.postgres,
      args: ['-D', dataArgument(cluster), ...settingArguments(port)],
      directory: data,
      account,
      input: '',
    }),
    isReady: async (port, pid) => {
      const postmaster = await readPostmaster(data);
      return postmaster?.pid === pid && postmaster.ready && (await letsIn(port, password, output));
    },
    tidy: () => clearPostmaster(data, TERMINATION_STEPS),
  };
}

async function letsIn(port: number, password: string, output: ServerLog): Promise<boolean> {
  const role = { user: 'facet', database: 'facet', password };
  const client = new pg.Client({ ...role, host: '127.0.0.1', port, ssl: false, connectionTimeoutMillis: 5000 });
  // A server that goes away after the log-in shows by its exit.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    // Full of clients that have come back already (53300); a wrong password or a missing role (28…) will not mend.
    if (code === '53300') return true;
    if (code?.startsWith('28')) {
      throw new ServerDidNotStart('PostgreSQL', 'does not accept the password beside its data', await output.tail());
    }
    return false;
  }
}
