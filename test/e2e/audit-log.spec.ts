import { buildPerson, type Person } from '../support/accounts.js';
import { type Answer, call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { expectRefusal } from './traces.js';

const PASSWORD = 'the owl and the pussycat';

let ground: Ground;
let facet: Facet;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
  root = await buildPerson(ground.database, 'root', 'admin');
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const get = (path: string): Promise<Answer> => call(facet.url, `/api/v1/${path}`, { as: root });

const post = (path: string, json: unknown, headers = {}): Promise<Answer> =>
  call(facet.url, `/api/v1/auth/${path}`, { method: 'POST', as: null, json, headers });

const change = (person: Person, json: unknown): Promise<Answer> =>
  call(facet.url, `/api/v1/admin/users/${person.id}`, { method: 'PATCH', as: root, json });

const auditOf = async (id: string): Promise<any[]> => (await get(`admin/audit-log?subject=user:${id}`)).body.items;

it('tells of the life of an account', async () => {
  const email = 'carol@example.org';
  const { body: account } = await post('register', { username: 'carol', email, password: PASSWORD });
  await post('login', { email, password: 'not the right password' });
  const { body: tokens } = await post('login', { email, password: PASSWORD });
  const bearer = { Authorization: `Bearer ${tokens.access_token}` };
  const { body: key } = await post('api-keys', { name: 'nightly' }, bearer);
  await call(facet.url, `/api/v1/auth/api-keys/${key.id}`, { method: 'DELETE', headers: bearer });
  await post('change-password', { current_password: PASSWORD, new_password: `${PASSWORD} too` }, bearer);
  const { body: again } = await post('login', { email, password: `${PASSWORD} too` });
  await post('logout', undefined, { Authorization: `Bearer ${again.access_token}` });

  expect((await auditOf(account.id)).map(({ action }) => action).reverse()).toEqual([
    'user.registered',
    'user.login_failed',
    'user.logged_in',
    'user.password_changed',
    'user.logged_in',
    'user.logged_out',
  ]);
  const { body: ofKey } = await get(`admin/audit-log?subject=api_key:${key.id}`);
  expect(ofKey.items).toMatchObject([
    { action: 'api_key.deleted', actor_id: account.id },
    { action: 'api_key.made', actor_id: account.id, after: { name: 'nightly', scopes: key.scopes } },
  ]);
  expect(JSON.stringify(ofKey)).not.toContain(key.key);
});

it('tells of a refresh token that came back, and of a lock-out', async () => {
  const email = 'dave@example.org';
  const { body: account } = await post('register', { username: 'dave', email, password: PASSWORD });
  const { body: first } = await post('login', { email, password: PASSWORD });
  const refresh = (refresh_token: string) => post('refresh', { refresh_token });
  await refresh((await refresh(first.refresh_token)).body.refresh_token);
  expectRefusal(await refresh(first.refresh_token), 401, 'refresh_token_invalid');
  const guess = () => post('login', { email, password: 'not the right password' });
  const answers: number[] = [];
  while (answers.at(-1) !== 429 && answers.length < 20) answers.push((await guess()).status);
  expect(answers.at(-1)).toBe(429);
  for (let more = 0; more < 3; more++) expectRefusal(await guess(), 429, 'login_locked');

  const actions = (await auditOf(account.id)).map(({ action }) => action as string);
  expect(actions).toContain('session.token_reused');
  expect(actions.filter((action) => action === 'user.login_failed')).toHaveLength(answers.length - 1);
  // What a lock refuses is not written down each time.
  expect(actions.filter((action) => action === 'user.login_locked')).toHaveLength(1);
});

it('is found by who, what, to what and when, newest first', async () => {
  const bob = await buildPerson(ground.database, 'bob');
  for (const disabled of [true, false, true]) await change(bob, { disabled });
  const found = async (query: string) => (await get(`admin/audit-log?subject=user:${bob.id}${query}`)).body;
  expect((await found('')).items.map(({ action }: any) => action)).toEqual([
    'user.disabled',
    'user.enabled',
    'user.disabled',
  ]);
  expect((await found('&action=user.disabled')).total).toBe(2);
  expect((await found(`&actor_id=${root.id}`)).total).toBe(3);
  expect((await found(`&actor_id=${bob.id}`)).total).toBe(0);
  expect((await found('&per_page=2&page=2')).items).toHaveLength(1);
  const [newest, , oldest] = (await found('')).items;
  expect((await found(`&from=${oldest.created_at}&to=${newest.created_at}`)).total).toBe(3);
  expect((await found(`&to=${new Date(Date.parse(oldest.created_at) - 1).toISOString()}`)).total).toBe(0);
  expect((await found(`&from=${new Date(Date.parse(newest.created_at) + 1).toISOString()}`)).total).toBe(0);
});

it.each(['actor_id=root', 'action=login', 'from=yesterday', 'to=1', 'before=2026-01-01', `subject=${'x'.repeat(301)}`])(
  'refuses %s',
  async (query) => {
    expectRefusal(await get(`admin/audit-log?${query}`), 422, 'validation_failed');
  },
);
