import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { models } from '../../src/vision/models/manifest.js';
import { buildPerson } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, launchFacet, SHORT_LIVED, startFacet } from '../support/facet.js';
import { type Ending, runHere } from '../support/run-here.js';

const PASSWORD = 'the owl and the pussycat';

let ground: Ground;
let facet: Facet;
let folder: string;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
  folder = await mkdtemp(join(tmpdir(), 'facet-cli-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await facet.stop();
  await ground.remove();
});

interface Typing {
  readonly input?: string;
  /** Over those of the ground; undefined takes one away. */
  readonly variables?: Record<string, string | undefined>;
}

/** `npm run facet -- …`, as npm starts it. */
function type(words: string, { input = '', variables = {} }: Typing = {}): Promise<Ending> {
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, dataDirectory: DATA_DIR } = ground;
  const env = { PATH: process.env.PATH, NODE_ENV: 'test', DATABASE_URL, REDIS_URL, DATA_DIR, ...variables };
  const program = join(__dirname, '../../dist/facet.js');
  return new Promise((resolve) => {
    const options = { cwd: folder, env, timeout: 60_000 };
    const child = execFile(
      process.execPath,
      [SHORT_LIVED, program, ...words.split(' ')],
      options,
      (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, stdout, stderr });
      },
    );
    // A command that does not read is gone before all has been written.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** The same in this process. */
function typeHere(words: string, variables: Record<string, string> = {}): Promise<Ending> {
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, dataDirectory: DATA_DIR } = ground;
  return runHere(words.split(' '), { NODE_ENV: 'test', DATABASE_URL, REDIS_URL, DATA_DIR, ...variables });
}

const expectNoTrace = ({ stdout, stderr }: Ending) => {
  expect(stdout + stderr).not.toMatch(/^\s+at |node:internal|Error:/m);
};

const logIn = (email: string, password: string, url = facet.url) =>
  call(url, '/api/v1/auth/login', { method: 'POST', as: null, json: { email, password } });

const lastEntry = async () => {
  const { rows } = await ground.database.query(
    `SELECT action, actor_kind, subject, after FROM audit_log WHERE action LIKE '%.made' ORDER BY created_at DESC LIMIT 1`,
  );
  return rows[0];
};

describe('user create', () => {
  it('makes an administrator with a password that is shown', async () => {
    const ending = await type('user create --email grace@example.org --username grace --admin');
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    const [, id, password = ''] =
      /^The administrator grace \(grace@example\.org\) is made: (\S+)\nPassword: (\S{43})\n$/.exec(ending.stdout) ?? [];
    const { status, body } = await logIn('grace@example.org', password);
    expect(status).toBe(200);
    const headers = { Authorization: `Bearer ${body.access_token}` };
    expect((await call(facet.url, '/api/v1/admin/users', { headers })).status).toBe(200);
    const made = { action: 'user.made', actor_kind: 'system', subject: `user:${id}`, after: { role: 'admin' } };
    expect(await lastEntry()).toEqual(made);
  });

  it('takes the password from standard input, and never shows it', async () => {
    const words = 'user create --email hedy@example.org --username hedy --password-stdin';
    const ending = await type(words, { input: `${PASSWORD}\n` });
    expect(ending).toEqual({ code: 0, stdout: expect.stringMatching(/^The user hedy .*\n$/), stderr: '' });
    expect((await logIn('hedy@example.org', PASSWORD)).body.token_type).toBe('Bearer');
  });

  it.each([
    ['that is short', 'short', /--password must have 12 to 128/],
    ['that is too long', 'x'.repeat(5000), /too long for a password/],
  ])('refuses a password %s from standard input', async (_what, input, message) => {
    const ending = await type('user create --email alan@example.org --username alan --password-stdin', { input });
    expect(ending).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expectNoTrace(ending);
    await expectNoAlan();
  });

  it.each([
    ['--email alan@example.org', 2, /--username is needed/],
    ['--email alan@example.org --username alan too', 2, /too is one argument too many/],
    ['--email alan@example.org --username alan --root', 2, /--root/],
    ['--email ADA@example.org --username alan', 1, /--email has an account already/],
  ])('refuses %s', async (words, code, message) => {
    const ending = await typeHere(`user create ${words}`);
    expect(ending).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
    expectNoTrace(ending);
    await expectNoAlan();
  });

  async function expectNoAlan(): Promise<void> {
    const { rows } = await ground.database.query(`SELECT 1 FROM users WHERE username = 'alan'`);
    expect(rows).toEqual([]);
  }

  it.each([
    ['a server that is not there', { DATABASE_URL: 'postgres://127.0.0.1:1/facet' }, /PostgreSQL cannot be reached/],
    ['settings that are wrong', { PORT: 'many' }, /PORT: "many" is wrong/],
  ])('says what to do about %s', async (_what, variables, message) => {
    const ending = await type('user create --email alan@example.org --username alan', { variables });
    expect(ending).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expectNoTrace(ending);
  });

  it('needs no Facet that runs, and gets along with one', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'facet-embedded-'));
    const embedded = { DATA_DIR: dataDirectory, DATABASE_URL: undefined, REDIS_URL: undefined };
    const create = (name: string) =>
      type(`user create --email ${name}@example.org --username ${name} --password-stdin`, {
        input: PASSWORD,
        variables: embedded,
      });
    let running: Facet | undefined;
    try {
      expect(await create('before')).toMatchObject({ code: 0 });
      running = await launchFacet({ DATA_DIR: dataDirectory, ROLE: 'api' });
      expect((await type('doctor', { variables: embedded })).stdout).toMatch(/✓ PostgreSQL.* answers, embedded\n/);
      expect(await create('meanwhile')).toMatchObject({ code: 0 });
      for (const name of ['before', 'meanwhile']) {
        expect((await logIn(`${name}@example.org`, PASSWORD, running.url)).status).toBe(200);
      }
    } finally {
      await running?.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  }, 90_000);
});

describe('api-key create', () => {
  const withKey = (key: string, path: string) =>
    call(facet.url, `/api/v1/${path}`, { as: null, headers: { 'X-API-Key': key } });

  it('shows a key that does what it was made for', async () => {
    const ending = await type(
      'api-key create --email ADA@example.org --name nightly --scopes analyses:read,batches:read --expires-at 2999-01-01',
    );
    expect(ending.stderr).toBe('For analyses:read, batches:read, until 2999-01-01T00:00:00.000Z.\n');
    const [, key = ''] = /^(facet_[a-z0-9]{8}_[\w-]{43})\n$/.exec(ending.stdout) ?? [];
    expect((await withKey(key, 'results')).status).toBe(200);
    expect((await withKey(key, 'admin/users')).status).toBe(403);
    const { body } = await call(facet.url, '/api/v1/auth/api-keys');
    expect(body.items).toMatchObject([{ name: 'nightly', scopes: ['analyses:read', 'batches:read'] }]);
    expect(await lastEntry()).toMatchObject({
      action: 'api_key.made',
      actor_kind: 'system',
      after: { name: 'nightly' },
    });
  });

  it('gives an administrator all that was asked for', async () => {
    await buildPerson(ground.database, 'root', 'admin');
    const { stdout } = await type('api-key create --email root@example.org --name all --scopes admin');
    expect((await withKey(stdout.trim(), 'admin/users')).status).toBe(200);
  });

  it('refuses a key without a name', async () => {
    const ending = await typeHere('api-key create --email ada@example.org');
    expect(ending).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/--name is needed/) });
    expectNoTrace(ending);
  });

  it.each([
    ['admin', /--scopes admin is for administrators only/],
    ['ships:read', /--scopes must be of analyses:read, .*batches:write, admin/],
  ])('refuses the scope %s', async (scope, message) => {
    const ending = await type(`api-key create --email ada@example.org --name x --scopes ${scope}`);
    expect(ending).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expectNoTrace(ending);
  });
});

describe('doctor', () => {
  const signs = (text: string) => text.split('\n').map((line) => /^[✓✗] \w+/.exec(line)?.[0]);
  const NAMES = ['configuration', 'PostgreSQL', 'migrations', 'Redis', 'disk', 'files', 'ffmpeg', 'models'];

  it('finds nothing wrong where all is there', async () => {
    const own = models.map(({ name, files }) => [name, { files: files.map(() => 'models.json') }]);
    await writeFile(join(folder, 'models.json'), JSON.stringify(Object.fromEntries(own)));
    const ending = await type('doctor', { variables: { MODELS_DIR: folder } });
    expect(signs(ending.stdout)).toEqual([...NAMES.map((name) => `✓ ${name}`), undefined]);
    expect(ending).toMatchObject({ code: 0, stderr: '' });
  });

  it('says of each thing that is wrong what to do, in one line, and nothing that is secret', async () => {
    const variables = {
      DATABASE_URL: 'postgres://facet:hunter2@127.0.0.1:1/facet',
      REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
      FFMPEG_PATH: '/nowhere/ffmpeg',
      MODELS_DIR: '/nowhere',
    };
    const ending = await type('doctor', { variables });
    expect(ending).toMatchObject({ code: 1, stderr: '' });
    const [configuration, postgres, migrations, redis, disk, files, ffmpeg, models, rest] = ending.stdout.split('\n');
    expect(configuration).toBe('✓ configuration  is valid');
    for (const line of [postgres, migrations]) expect(line).toMatch(/^✗ .*set DATABASE_URL/);
    expect(redis).toMatch(/^✗ Redis .*ECONNREFUSED.*set REDIS_URL/);
    expect(disk).toMatch(/^✓ disk +[\d.]+ GB free in /);
    expect(files).toMatch(/^✓ files /);
    expect(ffmpeg).toMatch(/^✗ ffmpeg +\/nowhere\/ffmpeg cannot be run: npm run setup/);
    expect(models).toMatch(/^✗ models .*npm run setup/);
    expect(rest).toBe('');
    expect(ending.stdout).not.toContain('hunter2');
    expectNoTrace(ending);
  });

  it('tells settings that are wrong, all in one line', async () => {
    const ending = await typeHere('doctor', { PORT: 'many', ROLE: 'king' });
    expect(ending).toMatchObject({ code: 1, stderr: '' });
    expect(ending.stdout).toMatch(/^✗ configuration .*ROLE: "king" is wrong.*PORT: "many" is wrong.*\n$/);
  });

  it('knows what embedded servers will need, and starts none', async () => {
    const dataDirectory = join(folder, 'not-yet');
    const variables = { DATABASE_URL: undefined, REDIS_URL: undefined, DATA_DIR: dataDirectory };
    const { stdout } = await type('doctor', { variables });
    expect(signs(stdout).slice(0, 7)).toEqual(NAMES.slice(0, 7).map((name) => `✓ ${name}`));
    expect(stdout).toMatch(/PostgreSQL +embedded, [\d.]+/);
    await expect(access(dataDirectory)).rejects.toThrow('ENOENT');
  });
});
