import { createHash } from 'node:crypto';
import { ADA, buildKey, buildPerson, type Person } from '../support/accounts.js';
import { type Answer, call, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { buildRow, idOf, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let one: Facet;
let other: Facet;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  [one, other] = await Promise.all([startFacet(ground, { ROLE: 'api' }), startFacet(ground, { ROLE: 'api' })]);
  root = await buildPerson(ground.database, 'root', 'admin');
});

beforeEach(() => ground.database.query('TRUNCATE api_keys'));

afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await ground.remove();
});

const make = (json: unknown, as = ADA, headers = {}): Promise<Answer> =>
  call(one.url, '/api/v1/auth/api-keys', { method: 'POST', as, json, headers });

const list = (as = ADA) => call(one.url, '/api/v1/auth/api-keys', { as });

const withKey = (key: string, path: string, facet = one, method = 'GET') =>
  call(facet.url, `/api/v1/${path}`, { as: null, method, headers: { 'X-API-Key': key } });

it('shows a key once, and then only how it begins', async () => {
  const { status, body } = await make({ name: 'nightly upload' });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(String),
    name: 'nightly upload',
    prefix: expect.stringMatching(/^facet_[a-z0-9]{8}$/),
    key: expect.stringMatching(/^facet_[a-z0-9]{8}_[\w-]{43}$/),
    scopes: ['analyses:read', 'analyses:write', 'batches:read', 'batches:write'],
    expires_at: null,
  });
  expect(body.key.startsWith(`${body.prefix}_`)).toBe(true);
  const all = (await list()).body;
  expect(all).toEqual({
    items: [
      {
        id: body.id,
        name: 'nightly upload',
        prefix: body.prefix,
        scopes: body.scopes,
        expires_at: null,
        last_used_at: null,
        created_at: expect.any(String),
      },
    ],
  });
  const { rows } = await ground.database.query(`SELECT k::text AS row, sha256 FROM api_keys AS k`);
  expect(rows[0].row).not.toContain(body.key.slice(15));
  expect(rows[0].sha256.equals(createHash('sha256').update(body.key).digest())).toBe(true);

  expect((await withKey(body.key, 'auth/me')).body).toMatchObject({ id: ADA.id, username: 'ada' });
  expectRefusal(await withKey(`${body.key}x`, 'auth/me'), 401, 'unauthenticated');
  expectRefusal(await withKey(body.prefix, 'auth/me'), 401, 'unauthenticated');
});

it('is a key to what it was made for, and to nothing else', async () => {
  await insertRows(ground, [buildRow('mine'), buildRow('queued', { status: 'queued' })]);
  const read = await buildKey(ground.database, ADA, ['analyses:read']);
  const write = await buildKey(ground.database, ADA, ['analyses:write']);
  const elsewhere = await buildKey(ground.database, ADA, ['batches:read']);
  const reads = ['results', `results/${idOf('mine')}`, `progress/${idOf('mine')}`, 'statistics', 'history'];
  for (const path of reads) {
    expect((await withKey(read, path)).status).toBe(200);
    for (const key of [write, elsewhere]) {
      const refused = await withKey(key, path);
      expectRefusal(refused, 403, 'scope_missing');
      expect(refused.body.error.details).toEqual({ scope: 'analyses:read' });
    }
  }
  const cancel = `analyses/${idOf('queued')}/cancel`;
  expectRefusal(await withKey(read, cancel, one, 'POST'), 403, 'scope_missing');
  expect((await withKey(write, cancel, one, 'POST')).status).toBe(200);
  const picture = await solid(8, 8, '#336699').png().toBuffer();
  const upload = (key: string) => send(one.url, picture, { as: null, headers: { 'X-API-Key': key } });
  expectRefusal(await upload(read), 403, 'scope_missing');
  expect((await upload(write)).status).toBe(202);
  expect((await withKey(elsewhere, 'analyzers')).status).toBe(200);
});

it('never touches the account', async () => {
  const key = await buildKey(ground.database, root, [
    'analyses:read',
    'analyses:write',
    'batches:read',
    'batches:write',
    'admin',
  ]);
  for (const [method, path] of [
    ['POST', 'auth/logout'],
    ['POST', 'auth/change-password'],
    ['POST', 'auth/api-keys'],
    ['GET', 'auth/api-keys'],
    ['DELETE', `auth/api-keys/${idOf(1)}`],
  ] as const) {
    expectRefusal(await withKey(key, path, one, method), 403, 'forbidden');
  }
});

it('makes an administrator only of an administrator, and only with the scope for it', async () => {
  expectRefusal(await make({ name: 'x', scopes: ['admin'] }), 422, 'validation_failed');
  expect((await make({ name: 'x', scopes: ['analyses:read', 'admin'] }, root)).status).toBe(201);
  await insertRows(ground, [buildRow('of ada')]);
  const foreign = `results/${idOf('of ada')}`;
  const [plain, full] = [
    await buildKey(ground.database, root, ['analyses:read']),
    await buildKey(ground.database, root, ['analyses:read', 'admin']),
  ];
  expectRefusal(await withKey(plain, foreign), 404, 'analysis_not_found');
  expectRefusal(await withKey(plain, `results?owner_id=${ADA.id}`), 403, 'forbidden');
  expect((await withKey(full, foreign)).body.owner_id).toBe(ADA.id);
  // A scope is worth nothing beyond the role.
  const stale = await buildKey(ground.database, await buildPerson(ground.database, 'demoted'), [
    'analyses:read',
    'admin',
  ]);
  expectRefusal(await withKey(stale, foreign), 404, 'analysis_not_found');
});

it('ends at its time, at its removal and with its account', async () => {
  const until = new Date(Date.now() + 1500).toISOString();
  const brief = (await make({ name: 'brief', expires_at: until })).body;
  expect(brief.expires_at).toBe(until);
  expect((await withKey(brief.key, 'auth/me')).status).toBe(200);
  await eventually(
    () => withKey(brief.key, 'auth/me'),
    ({ status }) => status === 401,
    10,
  );

  for (let round = 0; round < 10; round++) {
    const { id, key } = (await make({ name: 'removed' })).body;
    for (const facet of [one, other]) expect((await withKey(key, 'auth/me', facet)).status).toBe(200);
    const path = `/api/v1/auth/api-keys/${id}`;
    expectRefusal(await call(one.url, path, { method: 'DELETE', as: root }), 404, 'api_key_not_found');
    expect((await call(one.url, path, { method: 'DELETE' })).status).toBe(204);
    for (const facet of [other, one]) expectRefusal(await withKey(key, 'auth/me', facet), 401, 'unauthenticated');
    expectRefusal(await call(one.url, path, { method: 'DELETE' }), 404, 'api_key_not_found');
  }

  const person = await buildPerson(ground.database, 'leaving');
  await ground.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [person.id]);
  const key = await buildKey(ground.database, person, ['analyses:read']);
  expectRefusal(await withKey(key, 'auth/me'), 401, 'unauthenticated');
});

it('tells when it was last used, to the minute', async () => {
  const { key } = (await make({ name: 'used' })).body;
  const noted = () => list().then(({ body }) => body.items[0].last_used_at as string | null);
  await withKey(key, 'auth/me');
  const first = await eventually(noted, (time) => time !== null);
  expect(Date.now() - Date.parse(first!)).toBeLessThan(30_000);
  // Another process that knows nothing of the first note does not write again either.
  for (let use = 0; use < 10; use++) await withKey(key, 'auth/me', other);
  expect(await noted()).toBe(first);
  await ground.database.query(`UPDATE api_keys SET last_used_at = now() - interval '61 seconds'`);
  const third = await startFacet(ground, { ROLE: 'api' });
  await withKey(key, 'auth/me', third);
  await eventually(noted, (time) => Date.now() - Date.parse(time!) < 30_000);
  await third.stop();
});

it('is one of twenty at most, though thirty are wanted at once', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => make({ name: `key ${index}` })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  for (const answer of answers.filter(({ status }) => status !== 201)) expectRefusal(answer, 409, 'api_key_limit');
  expect((await list()).body.items).toHaveLength(20);
  expect((await make({ name: 'of another' }, root)).status).toBe(201);
});

it('takes null for what is left out', async () => {
  const { status, body } = await make({ name: 'null', scopes: null, expires_at: null });
  expect(status).toBe(201);
  expect(body.expires_at).toBeNull();
  expect(body.scopes).toEqual((await make({ name: 'left out' })).body.scopes);
});

it('is made once under an Idempotency-Key', async () => {
  const idempotency = { 'Idempotency-Key': 'key-1' };
  const answers = await Promise.all([1, 2, 3].map(() => make({ name: 'once' }, ADA, idempotency)));
  const made = answers.find(({ status }) => status === 201)!;
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const again = await make({ name: 'once' }, ADA, idempotency);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(made.body);
  expect((await list()).body.items).toHaveLength(1);
  expect((await withKey(again.body.key, 'auth/me')).status).toBe(200);
  expectRefusal(await make({ name: 'twice' }, ADA, idempotency), 422, 'idempotency_key_reused');
  expect((await make({ name: 'twice' }, root, idempotency)).status).toBe(201);
  // The secret that the key was derived by is gone: what would be told would open nothing.
  await ground.database.query(`UPDATE idempotency_keys SET answer = jsonb_set(answer::jsonb, '{kid}', '"gone"')`);
  expectRefusal(await make({ name: 'once' }, ADA, idempotency), 422, 'idempotency_key_reused');
  const { rows } = await ground.database.query('SELECT answer::text AS answer FROM idempotency_keys');
  expect(rows.map(({ answer }) => answer).join()).not.toContain(made.body.key.slice(15));
});

it.each([
  ['name', {}],
  ['name', { name: '' }],
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'a\u0000b' }],
  ['scopes', { name: 'x', scopes: [] }],
  ['scopes', { name: 'x', scopes: 'admin' }],
  ['scopes', { name: 'x', scopes: ['everything'] }],
  ['scopes', { name: 'x', scopes: ['analyses:read', 'analyses:read'] }],
  ['expires_at', { name: 'x', expires_at: '2020-01-01T00:00:00Z' }],
  ['expires_at', { name: 'x', expires_at: 'tomorrow' }],
  ['owner_id', { name: 'x', owner_id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' }],
  ['id', { name: 'x', id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' }],
  ['key', { name: 'x', key: 'facet_mine' }],
])('is not made with a wrong %s: %j', async (field, json) => {
  const answer = await make(json);
  expectRefusal(answer, 422, 'validation_failed');
  expect(answer.body.error.details.fields[0].field).toBe(field);
});
