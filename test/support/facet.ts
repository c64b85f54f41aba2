import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { ADA, enter, TEST_SECRET } from './accounts.js';
import { modelsDirectory } from './models.js';

const ROOT = join(__dirname, '../..');

/** A database in PostgreSQL and one in Redis that nobody else uses, and a folder for files. */
export interface Ground {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly dataDirectory: string;
  readonly database: Client;
  readonly redis: Redis;
  remove(): Promise<void>;
}

/** Where grounds are laid out: the run's own servers, unless a test brings one that it may break. */
export interface Servers {
  readonly postgres: string;
  readonly redis: string;
}

let grounds = 0;

export async function buildGround(servers: Partial<Servers> = {}): Promise<Ground> {
  const { postgres = process.env.TEST_DATABASE_URL, redis: redisServer = process.env.TEST_REDIS_URL } = servers;
  const number = Number(process.env.JEST_WORKER_ID ?? 1) * 40 + grounds++;
  const name = `facet_${process.pid}_${number}`;
  await command(postgres, `CREATE DATABASE ${name} TEMPLATE ${servers.postgres ? 'template1' : 'facet_template'}`);
  const databaseUrl = withPath(postgres, name);
  const redisUrl = withPath(redisServer, String(number % 256));
  const dataDirectory = await mkdtemp(join(tmpdir(), 'facet-data-'));
  const database = new Client({ connectionString: databaseUrl });
  database.on('error', () => undefined);
  await database.connect();
  const redis = new Redis(redisUrl);
  redis.on('error', () => undefined);
  await redis.flushdb();
  return {
    databaseUrl,
    redisUrl,
    dataDirectory,
    database,
    redis,
    remove: async () => {
      redis.disconnect();
      await database.end().catch(() => undefined);
      await hangUp(postgres, name);
      await command(postgres, `DROP DATABASE ${name}`);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Ends the connections of processes that were killed. What autovacuum does there, no user but PostgreSQL may stop. */
const hangUp = (databaseUrl: string | undefined, name: string): Promise<void> =>
  command(
    databaseUrl,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}' AND usename = current_user`,
  );

async function command(databaseUrl: string | undefined, sql: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withPath(url: string | undefined, path: string): string {
  const changed = new URL(url ?? '');
  changed.pathname = `/${path}`;
  return changed.href;
}

/** As if the time of a lease had passed since any worker was last heard of. Those that live take new ids. */
export const letLeaseRunOut = ({ databaseUrl }: Pick<Ground, 'databaseUrl'>): Promise<void> =>
  command(databaseUrl, `UPDATE workers SET lease_until = now() - interval '1 min'`);

/** Times of the job core that are short enough to be waited for; one spec holds those of production. */
export const SHORT_TIMES = {
  JOB_LEASE: '3',
  JOB_RESCUE_INTERVAL: '0.5',
  JOB_QUEUE_LOCK: '3',
  SHUTDOWN_GRACE: '2',
};

/** A Facet process, as it is run in production. */
export interface Facet {
  readonly url: string;
  readonly process: ChildProcess;
  /** Lines of its log so far. */
  readonly log: Record<string, unknown>[];
  /** The same lines as they were written. */
  readonly lines: readonly string[];
  kill(signal?: NodeJS.Signals): void;
  /** Ends it in an orderly way; answers the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `dist/main.js` on the ground and waits until it is ready. */
export async function startFacet(ground: Ground, variables: Record<string, string> = {}): Promise<Facet> {
  return launchFacet({
    DATABASE_URL: ground.databaseUrl,
    REDIS_URL: ground.redisUrl,
    DATA_DIR: ground.dataDirectory,
    ...variables,
  });
}

/** Tests ask as fast as they can; those about limits say which. */
const UNLIMITED = Object.fromEntries(
  ['ACCOUNT', 'ANALYZE', 'ANONYMOUS', 'LOGIN', 'REGISTER', 'RESET'].map((name) => [`RATE_LIMIT_${name}`, '0']),
);

/**
 * A process under test lives for seconds: code has to be run fifteen times as often as usual before V8 works at making it
 * quicker, which otherwise costs a third of the start.
 */
export const SHORT_LIVED = '--interrupt-budget=1000000';

/**
 * Starts `dist/main.js` with these variables, limits only where they set one, and enters the person who speaks where nobody
 * is named.
 */
export async function launchFacet(variables: Record<string, string>): Promise<Facet> {
  const child = spawn(
    process.execPath,
    [SHORT_LIVED, '--import', join(ROOT, 'test/support/closed-network.mjs'), join(ROOT, 'dist/main.js')],
    {
      cwd: tmpdir(),
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        PORT: '0',
        SECRET_KEY: TEST_SECRET,
        MODELS_DIR: modelsDirectory,
        ...UNLIMITED,
        ...SHORT_TIMES,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log: Record<string, unknown>[] = [];
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      lines.push(line);
      if (entry.msg === 'Facet is ready') resolve(String(entry.url));
    });
    child.once('exit', (code) => {
      reject(new Error(`Facet ended with ${code}: ${errors}${JSON.stringify(log.slice(-3))}`));
    });
  });
  const url = await ready;
  if (variables.ROLE !== 'worker') await enterAda(variables);
  return {
    url,
    process: child,
    log,
    lines,
    kill: (signal = 'SIGKILL') => child.kill(signal),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}

async function enterAda({ DATABASE_URL, DATA_DIR = '' }: Record<string, string>): Promise<void> {
  const client = new Client({ connectionString: DATABASE_URL ?? (await embeddedDatabaseUrl(DATA_DIR)) });
  await client.connect();
  try {
    await enter(client, ADA);
  } finally {
    await client.end();
  }
}

/** Where the embedded PostgreSQL of a running Facet listens. */
export async function embeddedDatabaseUrl(dataDirectory: string): Promise<string> {
  const home = join(dataDirectory, 'postgres');
  const password = await readFile(join(home, 'password'), 'utf8');
  const [, , , port] = (await readFile(join(home, 'data/postmaster.pid'), 'utf8')).split('\n');
  return `postgres://facet:${password}@127.0.0.1:${port}/facet`;
}

/** Milliseconds between two questions at first, and once a second has not been enough for what will not pass again. */
const [OFTEN, CALMLY] = [25, 150];

/**
 * Asks until the answer is as wanted.
 * @param lasting whether what is wanted stays once it is there; to ask all the time takes the processor from the others
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  seconds = 30,
  lasting = false,
): Promise<T> {
  const start = Date.now();
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    const passed = Date.now() - start;
    if (passed > seconds * 1000) {
      throw new Error(`Not within ${seconds} s; last: ${JSON.stringify(answer).slice(0, 2000)}`);
    }
    await delay(lasting && passed > 1000 ? CALMLY : OFTEN);
  }
}
