import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type EmbeddedStack, type EmbeddedStackOptions, startEmbeddedStack } from './embedded-stack.js';
import { EmbeddedStackError } from './embedded.errors.js';

describe('the embedded stack', () => {
  let made: string;
  let folder: string;
  let running: EmbeddedStack[];
  let told: string[];

  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'facet-embedded-'));
    const options = { dataDirectory: made, redisUrl: 'redis://c', searchPath: '', log: () => undefined };
    await (await startEmbeddedStack(options)).stop();
  });

  afterAll(() => rm(made, { recursive: true, force: true }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facet-embedded-'));
    running = [];
    told = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((stack) => stack.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<EmbeddedStackOptions> = {}): Promise<EmbeddedStack> {
    const stack = await startEmbeddedStack({
      dataDirectory: join(folder, 'data'),
      searchPath: process.env.PATH ?? '',
      log: (message) => told.push(message),
      ...options,
    });
    running.push(stack);
    return stack;
  }

  /** A start on databases that were made before, which takes seconds, and used by nobody since. */
  async function startMade(): Promise<EmbeddedStack> {
    await mkdir(join(folder, 'data'));
    await promisify(execFile)('cp', ['-a', join(made, 'postgres'), join(folder, 'data/postgres')]);
    return start();
  }

  it('keeps a row and a key from one start to the next', async () => {
    const first = await start();
    await query(first, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('Grüße')");
    await redis(first, (client) => client.set('kept', 'yes'));
    await first.stop();

    const second = await start();

    expect(await query(second, 'SELECT word FROM kept')).toEqual([{ word: 'Grüße' }]);
    expect(await redis(second, (client) => client.get('kept'))).toBe('yes');
  });

  it('listens on 127.0.0.1 alone, asks for its password, and gives the role no more than its own database', async () => {
    const stack = await startMade();
    const stranger = stack.databaseUrl.replace(/:[0-9a-f]+@/, ':wrong@');
    const superuser = stack.databaseUrl.replace('facet:', 'postgres:');

    await expect(query({ databaseUrl: stranger }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await expect(query({ databaseUrl: superuser }, 'SELECT 1')).rejects.toMatchObject({ code: '28000' });
    await expect(query(stack, "COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toMatchObject({ code: '42501' });
    await expect(query(stack, 'SHOW listen_addresses')).resolves.toEqual([{ listen_addresses: '127.0.0.1' }]);
    await expect(query(stack, 'SHOW server_encoding')).resolves.toEqual([{ server_encoding: 'UTF8' }]);
    await expect(query(stack, "SELECT upper('grüße') AS word")).resolves.toEqual([{ word: 'GRÜßE' }]);
    const open = stack.redisUrl.replace(/:[0-9a-f]+@/, '');
    await expect(redis({ redisUrl: open }, (client) => client.ping())).rejects.toThrow('NOAUTH');
    expect((await stat(join(folder, 'data/postgres/password'))).mode & 0o077).toBe(0);
  });

  it('starts nothing, and writes nothing, when both are given', async () => {
    const stack = await start({ databaseUrl: 'postgres://a/b', redisUrl: 'redis://c' });

    expect(stack).toMatchObject({ databaseUrl: 'postgres://a/b', redisUrl: 'redis://c' });
    await expect(access(join(folder, 'data'))).rejects.toThrow('ENOENT');
    expect(told).toEqual([]);
  });

  it('starts only the one that is not given', async () => {
    const stack = await start({ databaseUrl: 'postgres://a/b', redisUrl: '' });

    expect(stack.databaseUrl).toBe('postgres://a/b');
    expect(await redis(stack, (client) => client.ping())).toBe('PONG');
    expect(await readdir(join(folder, 'data'))).toEqual(['instances', 'redis']);
  });

  it('runs beside another one with another folder', async () => {
    const [one, other] = await Promise.all([
      start({ dataDirectory: join(folder, 'one') }),
      start({ dataDirectory: join(folder, 'other') }),
    ]);

    await query(one, 'CREATE TABLE only_here ()');
    await expect(query(other, 'SELECT FROM only_here')).rejects.toMatchObject({ code: '42P01' });
    await one.stop();
    expect(await redis(other, (client) => client.ping())).toBe('PONG');
  });

  it('refuses a folder that is in use, and leaves its user alone', async () => {
    const first = await startMade();

    await expect(start()).rejects.toThrow(`is in use by another running Facet (process ${process.pid})`);
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts a server that was killed again on the same port with the same data', async () => {
    const stack = await startMade();
    await query(stack, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)');
    await redis(stack, (client) => client.set('kept', '42'));

    process.kill(await recorded('postgres'), 'SIGKILL');
    process.kill(await recorded('redis'), 'SIGKILL');

    expect(await eventually(() => query(stack, 'SELECT n FROM kept'))).toEqual([{ n: 42 }]);
    expect(await eventually(() => redis(stack, (client) => client.get('kept')))).toBe('42');
    expect(told).toEqual(
      expect.arrayContaining([
        'PostgreSQL has ended unexpectedly and is started again',
        'Redis has ended unexpectedly and is started again',
      ]),
    );
  });

  it('ends while a server is being started again', async () => {
    const stack = await startMade();
    const pid = await recorded('postgres');
    process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      await expect(query(stack, 'SELECT 1')).rejects.toThrow();
    });

    await stack.stop();

    await expect(query(stack, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(redis(stack, (client) => client.ping())).rejects.toThrow();
  });

  it('is not deceived by a postmaster.pid whose number belongs to another program by now', async () => {
    await (await startMade()).stop();
    const data = join(folder, 'data/postgres/data');
    const { uid, gid } = await stat(data);
    const stranger = spawn('sleep', ['600'], { uid, gid });
    const file = [stranger.pid, data, 1_700_000_000, 20_000, '', '127.0.0.1', '   1234567         0', 'ready   ', ''];
    await writeFile(join(data, 'postmaster.pid'), file.join('\n'));

    const stack = await start();

    expect(await query(stack, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  it('starts Redis empty when it cannot read its data, and keeps what it could not read', async () => {
    const given = { databaseUrl: 'postgres://a/b' };
    const first = await start(given);
    await redis(first, (client) => client.set('kept', 'no'));
    await first.stop();
    const journal = join(folder, 'data/redis/data/appendonlydir/appendonly.aof.1.incr.aof');
    await writeFile(journal, 'this is no journal\r\n');

    const second = await start(given);

    expect(await redis(second, (client) => client.get('kept'))).toBeNull();
    const kept = await readdir(join(folder, 'data/redis/data.unreadable/appendonlydir'));
    expect(kept).toContain('appendonly.aof.1.incr.aof');
  });

  it('makes its data folder as a whole: what a broken attempt left behind is removed', async () => {
    await rm(join(folder, 'data'), { recursive: true, force: true });
    await (await start({ redisUrl: 'redis://c' })).stop();
    await rm(join(folder, 'data/postgres/data'), { recursive: true });
    await writeFile(join(folder, 'data/postgres.new-0123456789ab'), 'half');

    await query(await start({ redisUrl: 'redis://c' }), 'CREATE TABLE whole ()');

    expect(await readdir(join(folder, 'data'))).toEqual(['instances', 'postgres']);
  });

  it('says what to type when there is no Redis, and leaves nothing running', async () => {
    const failure = start({ searchPath: '/nonexistent' });

    await expect(failure).rejects.toThrow(EmbeddedStackError);
    await expect(failure).rejects.toThrow('npm run setup');
    await expect(access(join(folder, 'data/postgres/server.pid'))).rejects.toThrow('ENOENT');
    expect(await readdir(join(folder, 'data/instances'))).toEqual([]);
  });

  const recorded = async (server: 'postgres' | 'redis') =>
    Number.parseInt(await readFile(join(folder, 'data', server, 'server.pid'), 'utf8'), 10);
});

async function query({ databaseUrl }: { databaseUrl: string }, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function redis<T>({ redisUrl }: { redisUrl: string }, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redisUrl, { lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await act(client);
  } finally {
    client.disconnect();
  }
}

async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let chance = 0; chance < 200; chance += 1) {
    try {
      return await look();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return look();
}
