import { createHmac, randomBytes } from 'node:crypto';
import { chown, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './log.js';
import type { TerminationStep } from './process-identity.js';
import { findRedis } from './redis-binary.js';
import { redisAnswers } from './redis-probe.js';
import { ServerLog } from './server-log.js';
import type { ServerPlan } from './server-plan.js';
import { serviceAccount, type ServiceAccount } from './service-account.js';
import { type RunningServer, SupervisedServer } from './supervised-server.js';

const TERMINATION_STEPS: readonly TerminationStep[] = [
  ['SIGTERM', 10],
  ['SIGKILL', 5],
];

/** What Redis and Valkey write when they cannot read the data of an earlier life. */
const UNREADABLE =
  /bad file format|unexpected end of file|fatal error loading|wrong signature|rdb format version|unrecoverable error|aof manifest|rdb preamble|internal error in rdb/i;

/** Starts Redis with its data in `redis/` of the data directory. */
export async function startRedis(dataDirectory: string, searchPath: string, log: Log): Promise<RunningServer> {
  const home = join(dataDirectory, 'redis');
  const data = join(home, 'data');
  const account = await serviceAccount(['redis', 'valkey', '_redis', 'nobody'], data);
  const program = await findRedis(searchPath, account);
  await makeFolder(data, account);
  const passwordFor = passwords();
  const server = new SupervisedServer(planFor({ home, data, account, program, passwordFor, log }), log);
  const port = await server.start();
  return { url: `redis://:${passwordFor(port)}@127.0.0.1:${port}`, stop: () => server.stop() };
}

interface RedisParts {
  readonly home: string;
  readonly data: string;
  readonly account: ServiceAccount | undefined;
  readonly program: string;
  readonly passwordFor: (port: number) => string;
  readonly log: Log;
}

function planFor({ home, data, account, program, passwordFor, log }: RedisParts): ServerPlan {
  return {
    name: 'Redis',
    record: join(home, 'server.pid'),
    output: new ServerLog(join(home, 'server.log')),
    ending: TERMINATION_STEPS,
    remedies: [
      [/Address already in use/i, 'another_port'],
      [UNREADABLE, 'fresh_data'],
    ],
    launch: (port) => ({
      program,
      args: ['-'],
      directory: data,
      account,
      input: configuration(port, passwordFor(port)),
    }),
    isReady: (port, pid) => redisAnswers(port, passwordFor(port), pid),
    tidy: () => Promise.resolve(),
    // Redis is never the truth: the rescuers enqueue again what it has lost.
    startAfresh: async () => {
      log('Redis cannot read its data; they are put aside and it starts empty', { kept: `${data}.unreadable` });
      await rm(`${data}.unreadable`, { recursive: true, force: true });
      await rename(data, `${data}.unreadable`);
      await makeFolder(data, account);
    },
  };
}

/**
 * A password a port, none of them kept: if a stranger takes a port just before Redis does, it is told the password of
 * that port in the first question, and Redis goes on with another port and another password.
 */
function passwords(): (port: number) => string {
  const secret = randomBytes(32);
  return (port) => createHmac('sha256', secret).update(String(port)).digest('hex');
}

/** Read by Redis on its standard input: the password stands in no file and in no list of processes. */
function configuration(port: number, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'dir ./',
    'databases 256',
    'maxmemory-policy noeviction',
    'appendonly yes',
    'appendfsync everysec',
    'aof-load-truncated yes',
    'save ""',
    'daemonize no',
    'logfile ""',
    '',
  ].join('\n');
}

async function makeFolder(data: string, account: ServiceAccount | undefined): Promise<void> {
  const made = await mkdir(data, { recursive: true, mode: 0o700 });
  if (made !== undefined && account) await chown(data, account.uid, account.gid);
}
