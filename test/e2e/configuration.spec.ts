import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { call } from '../support/client.js';
import { buildGround, type Ground, SHORT_LIVED, startFacet } from '../support/facet.js';

const DIST = join(__dirname, '../../dist');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-settings-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

interface Ending {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of ours with these variables alone, in a folder of its own, to its end. */
const run = (program: string, variables: Record<string, string>): Promise<Ending> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, DATA_DIR: join(directory, 'data'), PORT: '0', ...variables };
    execFile(
      process.execPath,
      [SHORT_LIVED, join(DIST, program)],
      { cwd: directory, env, timeout: 30_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, stdout, stderr });
      },
    );
  });

const faultsIn = ({ stderr }: Ending): string[] => [...stderr.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name!);

it('names every fault at once, with what would be right, and no secret', async () => {
  const ending = await run('main.js', {
    PORT: '99999',
    MAX_WORKERS: 'plenty',
    SECRET_KEY: 'tiny-secret',
    DATABASE_URL: 'mysql://facet:hunter2@db.example/facet',
    LOG_LEVEL: 'loud',
  });
  expect(ending.code).toBe(1);
  expect(faultsIn(ending).sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'MAX_WORKERS', 'PORT', 'SECRET_KEY']);
  expect(ending.stderr).toMatch(/PORT: 99999 is wrong: .*65535/);
  expect(ending.stderr).toMatch(/MAX_WORKERS: "plenty" is wrong: .*(integer|number)/);
  expect(ending.stderr).toMatch(/DATABASE_URL: .*postgres:\/\//);
  expect(ending.stderr).toMatch(/SECRET_KEY: .*32/);
  expect(ending.stderr).toMatch(/LOG_LEVEL: "loud" is wrong: .*info/);
  expect(ending.stdout + ending.stderr).not.toMatch(/hunter2|tiny-secret|\bat \S+ \(/);
  // Nothing was begun.
  expect(await readdir(directory)).toEqual([]);
});

it('demands in production what is not safe to guess', async () => {
  const ending = await run('main.js', { NODE_ENV: 'production' });
  expect(ending.code).toBe(1);
  expect(faultsIn(ending).sort()).toEqual(['DATABASE_URL', 'REDIS_URL', 'SECRET_KEY']);
  expect(faultsIn(await run('main.js', { NODE_ENV: 'production', EMBEDDED: 'true' }))).toEqual(['SECRET_KEY']);
  expect(await readdir(directory)).toEqual([]);
});

it('reads .env, which the environment overrules', async () => {
  await writeFile(join(directory, '.env'), 'QUEUE_SIZE=none\nMAX_WORKERS=none\n');
  expect(faultsIn(await run('main.js', { QUEUE_SIZE: '7' }))).toEqual(['MAX_WORKERS']);
});

it('says that the file of the log cannot be written, in one line', async () => {
  const { code, stdout, stderr } = await run('main.js', { LOG_FILE: directory });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^The configuration is not valid:\n {2}LOG_FILE: ".*" cannot be written: EISDIR.*\n$/);
});

describe('on a database of somebody else', () => {
  let ground: Ground;
  let blank: string;

  beforeAll(async () => {
    ground = await buildGround();
    blank = `${new URL(ground.databaseUrl).pathname.slice(1)}_blank`;
    await ground.database.query(`CREATE DATABASE ${blank} TEMPLATE template1`);
  });

  afterAll(async () => {
    await ground.database.query(`DROP DATABASE ${blank} WITH (FORCE)`);
    await ground.remove();
  });

  const settings = () => {
    const url = new URL(ground.databaseUrl);
    url.pathname = `/${blank}`;
    return { DATABASE_URL: url.href, REDIS_URL: ground.redisUrl };
  };

  it('refuses to start without the schema, and says what to type', async () => {
    const { code, stdout } = await run('main.js', settings());
    expect(code).toBe(1);
    expect(stdout).toContain('npm run migrate');
    const { password } = new URL(ground.databaseUrl);
    expect(password.length).toBeGreaterThan(8);
    expect(stdout).not.toContain(password);
  });

  it('starts once the schema is there, which may be made twice', async () => {
    expect((await run('migrate.js', settings())).code).toBe(0);
    expect((await run('migrate.js', settings())).code).toBe(0);
    const client = new Client({ connectionString: settings().DATABASE_URL });
    await client.connect();
    expect((await client.query('SELECT count(*)::int AS analyses FROM analyses')).rows).toEqual([{ analyses: 0 }]);
    await client.end();
    const facet = await startFacet(ground, settings());
    expect((await call(facet.url, '/api/v1/results')).body.total).toBe(0);
    expect(await facet.stop()).toBe(0);
  });

  it('starts in production with secrets', async () => {
    const facet = await startFacet(ground, { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32) });
    expect((await call(facet.url, '/health/ready')).status).toBe(200);
    expect(await facet.stop()).toBe(0);
  });

  it('goes on when the disk of the log is full, and says so once', async () => {
    const { code, stdout, stderr } = await run('main.js', {
      DATABASE_URL: 'postgres://facet@127.0.0.1:1/facet',
      REDIS_URL: ground.redisUrl,
      // Linux has it for such tests.
      LOG_FILE: '/dev/full',
    });
    expect(code).toBe(1);
    expect(stdout).toContain('Facet could not start');
    expect(stderr).toMatch(/^The log cannot be written to \/dev\/full: ENOSPC.*\n$/);
  });

  it('says that a server is not there without saying its password', async () => {
    const { code, stdout, stderr } = await run('main.js', {
      DATABASE_URL: 'postgres://facet:hunter2@127.0.0.1:1/facet',
      REDIS_URL: ground.redisUrl,
    });
    expect(code).toBe(1);
    expect(stdout).toContain('ECONNREFUSED');
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
