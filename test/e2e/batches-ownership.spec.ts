import { buildKey, buildPerson, type Person } from '../support/accounts.js';
import { csvOf, submit } from '../support/batches/submit.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { listen } from './event-stream.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let facet: Facet;
let bob: Person;
let eve: Person;
let root: Person;
/** Bob's, of two parts. */
let upload: string;
let batch: string;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', MAX_BATCH_SIZE: '3' });
  bob = await buildPerson(ground.database, 'bob');
  eve = await buildPerson(ground.database, 'eve');
  root = await buildPerson(ground.database, 'root', 'admin');
  const { body } = await submit(facet.url, `${csvOf(4)}nonsense,Picture 5\n`, { as: bob });
  upload = body.parent_batch_id;
  batch = body.batches[0].batch_id;
  await submit(facet.url, csvOf(1), { as: eve });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** A path with the ids of Bob's rows, which a table of cases cannot know yet. */
const filled = (path: string) => path.replace('{batch}', batch).replace('{upload}', upload);

const get = (as: Person | null, path: string) => call(facet.url, `/api/v1/${filled(path)}`, { as });

const READS = [
  'batches/{batch}',
  'batches/{batch}/status',
  'batches/{batch}/stream',
  'batches/{batch}/items',
  'batches/related/{batch}',
  'batches/parent/{upload}/status',
  'batches/parent/{upload}/stream',
  'batch-data/export?batch_id={batch}',
  'batch-data/export?parent_batch_id={upload}',
  'batch-data/export?batch_id={batch}&parent_batch_id={upload}',
];

const CHANGES = ['batches/{batch}', 'batches/parent/{upload}'].flatMap((path) => [
  ['POST', `${path}/pause`],
  ['POST', `${path}/resume`],
  ['POST', `${path}/cancel`],
  ['POST', `${path}/retry`],
  ['DELETE', path],
]);

const change = (as: Person, method: string, path: string) =>
  call(facet.url, `/api/v1/${filled(path)}`, { method, as, ...(path.endsWith('retry') && { json: {} }) });

const NOWHERE = '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10';

it.each([...READS.map((path) => ['GET', path]), ...CHANGES])(
  "another user's batch is not there: %s %s",
  async (method, path) => {
    const answer = await change(eve, method, path);
    const missing = await change(eve, method, path.replace(/\{\w+\}/g, NOWHERE));
    expectRefusal(answer, 404, 'batch_not_found');
    // Nothing tells it from a batch that was never made.
    expect({ ...answer.body.error, request_id: '' }).toEqual({ ...missing.body.error, request_id: '' });
  },
);

it.each(CHANGES)('an administrator changes nothing of others: %s %s', async (method, path) => {
  expectRefusal(await change(root, method, path), 404, 'batch_not_found');
});

it('nothing was done by any of that', async () => {
  const { rows } = await ground.database.query(
    'SELECT status, total_urls FROM batches WHERE owner_id = $1 ORDER BY sequence',
    [bob.id],
  );
  expect(rows).toEqual([
    { status: 'queued', total_urls: 3 },
    { status: 'queued', total_urls: 2 },
  ]);
});

it('lists and exports tell of the own batches alone', async () => {
  for (const [person, batches, rows] of [
    [bob, 2, 5],
    [eve, 1, 1],
    [root, 0, 0],
  ] as const) {
    const { body } = await get(person, 'batches');
    expect([body.total, body.items.length]).toEqual([batches, batches]);
    const all = await get(person, 'batch-data/export?format=json');
    expect((typeof all.body === 'string' ? JSON.parse(all.body) : all.body).length).toBe(rows);
  }
  expect((await get(eve, 'batches?parent_batch_id={upload}')).body).toMatchObject({ items: [], total: 0 });
});

const beside = (path: string, owner: string) => `${path}${path.includes('?') ? '&' : '?'}owner_id=${owner}`;

it.each(['batches', 'batch-data/export', ...READS])('a user may not name another owner: %s', async (path) => {
  expectRefusal(await get(eve, beside(path, bob.id)), 403, 'forbidden');
  expectRefusal(await get(eve, beside(path, 'everybody')), 422, 'validation_failed');
  expectRefusal(await get(eve, beside(beside(path, bob.id), eve.id)), 422, 'validation_failed');
});

it.each(READS.filter((path) => !path.endsWith('stream')))(
  'an administrator sees what its owner sees: %s',
  async (path) => {
    const shown = (await get(bob, path)).body;
    expect((await get(root, path)).body).toEqual(shown);
    expect((await get(root, beside(path, bob.id))).body).toEqual(shown);
    expectRefusal(await get(root, beside(path, eve.id)), 404, 'batch_not_found');
  },
);

it('an administrator follows streams, and lists and exports the batches of whoever is named', async () => {
  for (const path of ['batches/{batch}/stream', 'batches/parent/{upload}/stream']) {
    const stream = await listen(facet.url, `/api/v1/${filled(path)}`, {}, root);
    expect(stream.status).toBe(200);
    stream.close();
  }
  expect((await get(root, `batches?owner_id=${bob.id}`)).body.total).toBe(2);
  const { body } = await get(root, `batch-data/export?format=ndjson&owner_id=${bob.id}`);
  expect(body.trim().split('\n')).toHaveLength(5);
});

it('an idempotency key of one caller is free for another', async () => {
  const headers = { 'Idempotency-Key': 'shared' };
  const first = await submit(facet.url, csvOf(2), { as: bob, headers });
  const other = await submit(facet.url, csvOf(2), { as: eve, headers });
  expect([first.status, other.status]).toEqual([202, 202]);
  expect(other.body.parent_batch_id).not.toBe(first.body.parent_batch_id);
  const again = await submit(facet.url, csvOf(2), { as: bob, headers });
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

it('keys and strangers get as far as their scopes', async () => {
  const withKey = async (scopes: string[], method: string, path: string) =>
    call(facet.url, `/api/v1/${filled(path)}`, {
      as: null,
      method,
      headers: { 'X-API-Key': await buildKey(ground.database, bob, scopes) },
    });
  const reading = READS.filter((path) => !path.endsWith('stream'));
  for (const path of ['batches', ...reading]) {
    expect((await withKey(['batches:read'], 'GET', path)).status).toBe(200);
    expectRefusal(await withKey(['batches:write', 'analyses:read'], 'GET', path), 403, 'scope_missing');
    expectRefusal(await get(null, path), 401, 'unauthenticated');
  }
  for (const [method, path] of [['POST', 'batches'], ...CHANGES]) {
    expectRefusal(await withKey(['batches:read', 'analyses:write'], method!, path!), 403, 'scope_missing');
  }
  expect((await withKey(['batches:write'], 'POST', 'batches/{batch}/pause')).status).toBe(200);
  expectRefusal(await submit(facet.url, csvOf(1), { as: null }), 401, 'unauthenticated');
});
