import { type ChildProcess, execFile } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startEmbeddedStack } from '../../src/platform/embedded/embedded-stack.js';
import { ADA, enter, TEST_SECRET } from '../support/accounts.js';
import type { Workbench } from './workbench.js';

const DIST = join(import.meta.dirname, '../../dist');

/** Milliseconds between two looks whether Facet is ready. */
const LOOK = 10;

/** PostgreSQL with Facet's tables and one account, and Redis. */
export interface Ground {
  readonly DATABASE_URL: string;
  readonly REDIS_URL: string;
  readonly database: Client;
}

/** @param name its folder: a benchmark that needs more than one names them */
export async function startGround(bench: Workbench, name = 'ground'): Promise<Ground> {
  const stack = await bench.begin(
    () =>
      startEmbeddedStack({
        dataDirectory: join(bench.folder, name),
        searchPath: process.env.PATH ?? '',
        log: () => undefined,
      }),
    (started) => started.stop(),
  );
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL } = stack;
  const env = { PATH: process.env.PATH, DATABASE_URL, REDIS_URL };
  await promisify(execFile)(process.execPath, [join(DIST, 'migrate.js')], { env, cwd: bench.folder });
  const database = new Client({ connectionString: DATABASE_URL });
  database.on('error', () => undefined);
  await bench.begin(
    () => database.connect(),
    () => database.end(),
  );
  await enter(database, ADA);
  return { DATABASE_URL, REDIS_URL, database };
}

/** Requests are counted as in production, but the budgets are larger than any load. */
const BUDGETS = Object.fromEntries(
  ['ACCOUNT', 'ANALYZE', 'ANONYMOUS', 'LOGIN', 'REGISTER', 'RESET'].map((name) => [`RATE_LIMIT_${name}`, '1000000000']),
);

export interface Product {
  readonly url: string;
  readonly process: ChildProcess;
}

/**
 * Starts `dist/main.js` as it is run in production, its log in a file, and waits until it is ready.
 * @param dist of another build than this one
 */
export async function startProduct(bench: Workbench, settings: Record<string, string>, dist = DIST): Promise<Product> {
  const PORT = await freePort();
  const log = join(bench.folder, `facet-${PORT}.log`);
  const output = openSync(log, 'a');
  const child = bench.spawn(process.execPath, [...flags(), join(dist, 'main.js')], {
    env: {
      PATH: process.env.PATH,
      DATA_DIR: join(bench.folder, 'data'),
      PORT: String(PORT),
      SECRET_KEY: TEST_SECRET,
      ...BUDGETS,
      ...settings,
    },
    stdio: ['ignore', output, output],
  });
  const url = `http://127.0.0.1:${PORT}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Facet did not start: ${readFileSync(log, 'utf8').slice(-1000)}`);
    }
    await delay(LOOK);
  }
  return { url, process: child };
}

/** Options of Node for the process that is measured, such as `--cpu-prof --cpu-prof-dir=/tmp/profiles`. */
const flags = (): string[] => process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    async (answer) => {
      await answer.text();
      return answer.ok;
    },
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Whom the benchmarks speak as. */
export const AS_ADA = { Authorization: ADA.bearer };

export async function getJson<Body>(url: string): Promise<Body> {
  const answer = await fetch(url, { headers: AS_ADA });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}
