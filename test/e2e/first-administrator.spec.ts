import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, idOf, insertRows } from './rows.js';

let ground: Ground;
const facets: Facet[] = [];

beforeEach(async () => {
  ground = await buildGround();
});

afterEach(async () => {
  await Promise.all(facets.splice(0).map((facet) => facet.stop()));
  await ground.remove();
});

const start = async (variables: Record<string, string>): Promise<Facet> => {
  const facet = await startFacet(ground, variables);
  facets.push(facet);
  return facet;
};

const logIn = (facet: Facet, json: unknown) =>
  call(facet.url, '/api/v1/auth/login', { method: 'POST', as: null, json });

const administrators = async () =>
  (await ground.database.query(`SELECT username, email FROM users WHERE role = 'admin'`)).rows;

const GIVEN = { ADMIN_EMAIL: 'boss@example.org', ADMIN_PASSWORD: 'as the settings have it' };

it('is made of the settings, once, though two processes start together, and adopts what is nobody’s', async () => {
  await insertRows(ground, [buildRow('orphan', { owner_id: null })]);
  const [one] = await Promise.all([start({ ...GIVEN, ROLE: 'api' }), start({ ...GIVEN, ROLE: 'api' })]);
  expect(await administrators()).toEqual([{ username: 'admin', email: 'boss@example.org' }]);
  const { status, body } = await logIn(one, { email: 'boss@example.org', password: GIVEN.ADMIN_PASSWORD });
  expect(status).toBe(200);
  const headers = { Authorization: `Bearer ${String(body.access_token)}` };
  const { items } = (await call(one.url, '/api/v1/results', { headers })).body;
  expect(items.map(({ id }: { id: string }) => id)).toEqual([idOf('orphan')]);
  expect((await call(one.url, '/api/v1/statistics', { headers })).body.total_analyses).toBe(1);
});

it('is not made where there is an account', async () => {
  const first = await start({ ROLE: 'api' });
  await first.stop();
  await start({ ...GIVEN, ROLE: 'api' });
  expect(await administrators()).toEqual([]);
});

it('is made up in development, its credentials for the owner’s eyes alone', async () => {
  const development = { NODE_ENV: 'development', ROLE: 'api', SECRET_KEY: '' };
  const [one, other] = await Promise.all([start(development), start(development)]);
  const path = join(ground.dataDirectory, 'admin.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const credentials = JSON.parse(await readFile(path, 'utf8'));
  expect(Object.keys(credentials)).toEqual(['email', 'password']);
  expect(await administrators()).toHaveLength(1);
  const { status, body } = await logIn(one, credentials);
  expect(status).toBe(200);

  // The secret that both sign with was made once, too.
  const secret = join(ground.dataDirectory, 'secret.key');
  expect((await stat(secret)).mode & 0o777).toBe(0o600);
  const headers = { Authorization: `Bearer ${String(body.access_token)}` };
  expect((await call(other.url, '/api/v1/auth/me', { headers })).body.role).toBe('admin');
  expect(JSON.stringify([one.log, other.log])).not.toContain(credentials.password);
  expect(JSON.stringify([one.log, other.log])).not.toContain((await readFile(secret, 'utf8')).trim());
});

it('is made up though there is no folder for its credentials yet', async () => {
  const folder = join(ground.dataDirectory, 'not', 'yet');
  await start({ NODE_ENV: 'development', ROLE: 'api', DATA_DIR: folder });
  expect(JSON.parse(await readFile(join(folder, 'admin.json'), 'utf8'))).toMatchObject({
    password: expect.any(String),
  });
});

it('is nobody in production without settings', async () => {
  await start({ NODE_ENV: 'production', ROLE: 'api' });
  expect(await administrators()).toEqual([]);
});
