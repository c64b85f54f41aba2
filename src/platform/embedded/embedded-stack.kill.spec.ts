import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformFile } from '@swc/core';
import { Redis } from 'ioredis';
import pg from 'pg';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';

interface Ready {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Facet in a process of its own, as far as the embedded stack knows it: it starts the stack and stays. */
const SCRIPT = `
import { startEmbeddedStack } from './embedded-stack.js';
process.on('SIGINT', () => console.error('interrupted'));
setInterval(() => undefined, 1000);
startEmbeddedStack({ dataDirectory: process.argv[2], searchPath: process.env.PATH, log: () => undefined }).then(
  ({ databaseUrl, redisUrl }) => console.log(JSON.stringify({ databaseUrl, redisUrl })),
  (error) => {
    console.log(JSON.stringify({ error: error.message }));
    process.exit(1);
  },
);
`;

describe('the embedded stack of a Facet that is killed', () => {
  let folder: string;
  let data: string;
  let processes: ChildProcess[];

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'facet-killed-')));
    await compile(__dirname, join(folder, 'program'));
  });

  beforeEach(async () => {
    data = await mkdtemp(join(folder, 'data-'));
    processes = [];
  });

  afterEach(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await allEnded(data);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  function run(): ChildProcess {
    const child = spawn(process.execPath, [join(folder, 'program/main.js'), data], { detached: true });
    processes.push(child);
    return child;
  }

  const ready = async (child: ChildProcess) => (await said(child)) as Ready;

  it('ends its servers soon after it, and starts with the same data again', async () => {
    const facet = run();
    const first = await ready(facet);
    await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)');
    await redis(first, (client) => client.set('kept', '42'));

    facet.kill('SIGKILL');
    await allEnded(data);

    const second = await ready(run());
    expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(await redis(second, (client) => client.get('kept'))).toBe('42');
  });

  it('recovers when its servers were left running, with nobody to end them', async () => {
    const facet = run();
    const first = await ready(facet);
    await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)');
    const left = await serversOf(data);
    await killWatchers(left);
    facet.kill('SIGKILL');
    await once(facet, 'exit');
    expect(await serversOf(data)).toEqual(left);

    const second = await ready(run());

    expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(await Promise.all(left.map(isRunning))).toEqual([false, false]);
  });

  it('recovers when everything was killed at once, as by a power cut', async () => {
    const facet = run();
    const first = await ready(facet);
    await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)');
    const servers = await serversOf(data);

    await killWatchers(servers);
    for (const pid of [facet.pid ?? 0, ...servers.map((server) => server.pid)]) process.kill(pid, 'SIGKILL');
    const second = await ready(run());

    expect(await query(second, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1000 }]);
  });

  it('recovers when it was killed while it made its data folder', async () => {
    const facet = run();
    await eventually(async () => {
      expect((await readdir(data)).filter((name) => name.startsWith('postgres.new-'))).toHaveLength(1);
    });
    facet.kill('SIGKILL');
    await once(facet, 'exit');

    const second = await ready(run());

    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await readdir(data)).toEqual(['instances', 'postgres', 'redis']);
  });

  it('keeps its servers through a Ctrl-C, which the terminal sends to its whole group', async () => {
    const facet = run();
    const stack = await ready(facet);

    process.kill(-(facet.pid ?? 0), 'SIGINT');
    await once(facet.stderr!, 'data');

    expect(await query(stack, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await redis(stack, (client) => client.ping())).toBe('PONG');
  });

  it('refuses a second Facet on the same folder, and of two at once lets one in', async () => {
    const both = [run(), run()];
    const answers = await Promise.all(both.map(said));

    const winners = answers.filter((answer) => 'databaseUrl' in answer) as Ready[];
    const [refused] = answers.filter((answer) => 'error' in answer);
    expect(winners).toHaveLength(1);
    expect(refused).toEqual({ error: expect.stringContaining('in use by another running Facet') as string });
    expect(await query(winners[0]!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

/** The modules of this folder as Node runs them, with the same packages in reach. */
async function compile(source: string, target: string): Promise<void> {
  await mkdir(target);
  await symlink(join(source, '../../../node_modules'), join(target, 'node_modules'));
  await writeFile(join(target, 'package.json'), '{"type":"module"}');
  await writeFile(join(target, 'main.js'), SCRIPT);
  for (const name of await readdir(source)) {
    if (name.endsWith('.spec.ts')) continue;
    const { code } = await transformFile(join(source, name), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    await writeFile(join(target, `${basename(name, '.ts')}.js`), code);
  }
}

async function said(child: ChildProcess): Promise<object> {
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as object;
}

/** The servers that run on this data folder, as their own notes name them. */
async function serversOf(data: string): Promise<ProcessIdentity[]> {
  const notes = await Promise.all(
    ['postgres', 'redis'].map((name) => readFile(join(data, name, 'server.pid'), 'utf8').catch(() => '0 ')),
  );
  const servers = notes.map((note) => ({ pid: Number.parseInt(note, 10), started: note.trim().split(' ')[1] ?? '' }));
  const running = await Promise.all(servers.map(async (server) => server.pid > 0 && (await isRunning(server))));
  return servers.filter((_, index) => running[index]);
}

const allEnded = (data: string) =>
  eventually(async () => {
    expect(await serversOf(data)).toEqual([]);
  });

async function killWatchers(servers: readonly ProcessIdentity[]): Promise<void> {
  const list = spawn('ps', ['-eo', 'pid=,args=']);
  let text = '';
  list.stdout.on('data', (part: Buffer) => (text += part.toString()));
  await once(list, 'close');
  const watchers = servers.map(({ pid }) => new RegExp(`^ *(\\d+) .*facet-watchdog ${pid} `, 'm').exec(text)?.[1]);
  for (const pid of watchers) {
    process.kill(Number(pid), 'SIGKILL');
    await eventually(async () => {
      expect(await identify(Number(pid))).toBeUndefined();
    });
  }
}

async function query({ databaseUrl }: Ready, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function redis<T>({ redisUrl }: Ready, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redisUrl);
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

async function eventually(look: () => Promise<void>): Promise<void> {
  for (let chance = 0; chance < 1000; chance += 1) {
    try {
      await look();
      return;
    } catch {
      await sleep(10);
    }
  }
  await look();
}
