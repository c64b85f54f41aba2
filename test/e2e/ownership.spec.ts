import { buildPerson, type Person } from '../support/accounts.js';
import { call, send } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { listen } from './event-stream.js';
import { buildRow, idOf, insertArtifacts, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let facet: Facet;
let bob: Person;
let eve: Person;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', QUEUE_SIZE: '3' });
  bob = await buildPerson(ground.database, 'bob');
  eve = await buildPerson(ground.database, 'eve');
  root = await buildPerson(ground.database, 'root', 'admin');
  const created_at = new Date().toISOString();
  const of = (owner_id: string | null) => ({ owner_id, created_at });
  await insertRows(ground, [
    buildRow('bob done', { ...of(bob.id), results: { colors: {} } }),
    buildRow('bob waits', { ...of(bob.id), status: 'queued' }),
    buildRow('bob failed', { ...of(bob.id), status: 'failed' }),
    buildRow('eve done', { ...of(eve.id), results: {} }),
    buildRow('orphan', of(null)),
  ]);
  await insertArtifacts(ground, idOf('bob done'), [{ name: 'text.txt', media_type: 'text/plain', size_bytes: 1 }]);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const get = (as: Person | null, path: string) => call(facet.url, `/api/v1/${path}`, { as });

const ROUTES = ['bob done', 'bob waits', 'bob failed', 'orphan'].flatMap((name) => [
  ['GET', `results/${idOf(name)}`],
  ['GET', `results/${idOf(name)}/download/json`],
  ['GET', `results/${idOf(name)}/artifacts/text.txt`],
  ['GET', `progress/${idOf(name)}`],
  ['GET', `progress/${idOf(name)}/stream`],
  ['POST', `analyses/${idOf(name)}/cancel`],
  ['POST', `analyses/${idOf(name)}/retry`],
  ['DELETE', `analyses/${idOf(name)}`],
]);

it.each(ROUTES)("another user's row is not there: %s %s", async (method, path) => {
  const answer = await call(facet.url, `/api/v1/${path}`, { method, as: eve });
  const missing = await call(facet.url, `/api/v1/${path.replace(/[0-9a-f-]{36}/, idOf('none'))}`, { method, as: eve });
  expectRefusal(answer, 404, 'analysis_not_found');
  // Nothing tells it from a row that was never made.
  expect(answer.body.error.message).toBe(missing.body.error.message);
  expect(answer.body.error.details).toEqual(missing.body.error.details);
});

it('nothing was done by any of that', async () => {
  const { rows } = await ground.database.query('SELECT status FROM analyses WHERE owner_id = $1 ORDER BY status', [
    bob.id,
  ]);
  expect(rows.map(({ status }) => status)).toEqual(['completed', 'failed', 'queued']);
});

it('lists, counts and totals tell of the own rows alone', async () => {
  for (const [person, ids] of [
    [bob, ['bob done', 'bob waits', 'bob failed']],
    [eve, ['eve done']],
    [root, []],
  ] as const) {
    for (const path of ['results', 'history', 'results?q=a', 'results?sort=created_at']) {
      const { body } = await get(person, path);
      expect({ total: body.total, ids: body.items.map(({ id }: { id: string }) => id).sort() }).toEqual({
        total: ids.length,
        ids: ids.map(idOf).sort(),
      });
    }
    expect((await get(person, 'statistics')).body.total_analyses).toBe(ids.length);
    const { items } = (await get(person, 'statistics/daily?days=2')).body;
    expect(items.reduce((sum: number, { total }: { total: number }) => sum + total, 0)).toBe(ids.length);
  }
});

it.each([
  'results',
  'history',
  'statistics',
  'statistics/daily',
  `results/${idOf('eve done')}`,
  `progress/${idOf('eve done')}`,
])('a user may not name another owner: %s', async (path) => {
  expectRefusal(await get(eve, `${path}?owner_id=${bob.id}`), 403, 'forbidden');
  for (const id of [eve.id, eve.id.toUpperCase()]) {
    expect((await get(eve, `${path}?owner_id=${id}`)).status).toBe(200);
  }
  expectRefusal(await get(eve, `${path}?owner_id=everybody`), 422, 'validation_failed');
  expectRefusal(await get(eve, `${path}?owner_id=${bob.id}&owner_id=${eve.id}`), 422, 'validation_failed');
});

it('an administrator sees the rows of whoever is named, and one row of anybody, with from where it came', async () => {
  const { body } = await get(root, `results?owner_id=${bob.id}`);
  expect(body.total).toBe(3);
  for (const row of body.items) expect(row).toMatchObject({ owner_id: bob.id, ip_address: null, user_agent: null });
  expect((await get(root, `history?owner_id=${bob.id}`)).body.total).toBe(3);
  expect((await get(root, `statistics?owner_id=${bob.id}`)).body).toMatchObject({ total_analyses: 3, failed: 1 });
  const daily = (await get(root, `statistics/daily?days=2&owner_id=${eve.id}`)).body.items;
  expect(daily.reduce((sum: number, { total }: { total: number }) => sum + total, 0)).toBe(1);

  for (const query of ['', `?owner_id=${bob.id}`]) {
    expect((await get(root, `results/${idOf('bob done')}${query}`)).body.owner_id).toBe(bob.id);
    expect((await get(root, `results/${idOf('bob done')}/download/json${query}`)).body.owner_id).toBe(bob.id);
    expect((await get(root, `progress/${idOf('bob waits')}${query}`)).body.status).toBe('queued');
  }
  expectRefusal(await get(root, `results/${idOf('bob done')}?owner_id=${eve.id}`), 404, 'analysis_not_found');
  const stream = await listen(facet.url, `/api/v1/progress/${idOf('bob done')}/stream`, {}, root);
  expect((await stream.ended).map(({ event }) => event)).toEqual(['completed']);
});

it('an administrator looks, and changes nothing of others', async () => {
  for (const [method, path] of [
    ['POST', `analyses/${idOf('bob waits')}/cancel`],
    ['POST', `analyses/${idOf('bob failed')}/retry`],
    ['DELETE', `analyses/${idOf('bob done')}`],
  ] as const) {
    expectRefusal(await call(facet.url, `/api/v1/${path}`, { method, as: root }), 404, 'analysis_not_found');
  }
});

it('only an administrator is told from where a row came', async () => {
  const picture = await solid(8, 8, '#336699').png().toBuffer();
  const headers = { 'User-Agent': 'a\u0009b test' };
  for (const person of [eve, root]) {
    const { body } = await send(facet.url, picture, { as: person, headers });
    const row = (await get(person, `results/${body.analysis_id}`)).body;
    const told = Object.keys(row).filter((name) => ['owner_id', 'ip_address', 'user_agent'].includes(name));
    expect(told).toEqual(person === root ? ['owner_id', 'ip_address', 'user_agent'] : []);
    if (person === root)
      expect(row).toMatchObject({ owner_id: root.id, ip_address: '127.0.0.1', user_agent: 'a\tb test' });
    // An export has what the list has, for each.
    const listed = (await get(person, 'results')).body.items;
    expect((await get(person, 'results/export?format=json')).body).toEqual(listed);
    const csv = await get(person, 'results/export?format=csv');
    expect(/,owner_id,ip_address,user_agent\r?\n/.test(csv.body)).toBe(person === root);
  }
});

it('a full queue of one owner is no queue of another', async () => {
  const picture = await solid(8, 8, '#336699').png().toBuffer();
  const [full, free] = [await buildPerson(ground.database, 'full'), await buildPerson(ground.database, 'free')];
  const statuses: number[] = [];
  for (let sent = 0; sent < 4; sent++) statuses.push((await send(facet.url, picture, { as: full })).status);
  expect(statuses).toEqual([202, 202, 202, 429]);
  expect((await send(facet.url, picture, { as: free })).status).toBe(202);
});

it('a key that one caller used for a request is free for another', async () => {
  const picture = await solid(8, 8, '#996633').png().toBuffer();
  const [mine, theirs] = [await buildPerson(ground.database, 'mine'), await buildPerson(ground.database, 'theirs')];
  const headers = { 'Idempotency-Key': 'shared' };
  const first = await send(facet.url, picture, { as: mine, headers });
  const other = await send(facet.url, picture, { as: theirs, headers });
  expect([first.status, other.status]).toEqual([202, 202]);
  expect(other.body.analysis_id).not.toBe(first.body.analysis_id);
  expect((await send(facet.url, picture, { as: mine, headers })).body).toEqual(first.body);
});

it.each(['owner_id', 'id', 'status', 'role'])('an upload cannot name its %s', async (field) => {
  const picture = await solid(8, 8, '#663399').png().toBuffer();
  const person = await buildPerson(ground.database, `assigning ${field}`);
  const answer = await send(facet.url, picture, { as: person, fields: { [field]: bob.id } });
  if (answer.status !== 202) {
    expectRefusal(answer, 422, 'validation_failed');
    return;
  }
  const { rows } = await ground.database.query('SELECT id, owner_id, status FROM analyses WHERE id = $1', [
    answer.body.analysis_id,
  ]);
  expect(rows).toEqual([{ id: answer.body.analysis_id, owner_id: person.id, status: 'queued' }]);
});
