import { createHash } from 'node:crypto';
import { buildPerson } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertRows } from './rows.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

it('shows each row with all of its results, and has a page of large ones in no one piece', async () => {
  const carol = await buildPerson(ground.database, 'carol');
  const get = (path: string) => call(facet.url, `/api/v1/${path}`, { as: carol });
  const large = {
    noise: createHash('shake256', { outputLength: 200_000 }).update('noise').digest('hex'),
    words: 'words and "words" — '.repeat(50_000),
  };
  const found = [{ n: 1 }, { noise: large.noise }, undefined, { words: large.words }, { n: 1.5e-7, text: 'ü\u2028' }];
  const own = found.map((results, index) =>
    buildRow(`carol ${index}`, {
      owner_id: carol.id,
      status: results ? 'completed' : 'failed',
      results,
      created_at: new Date(Date.parse('2025-03-28T00:00:00Z') + index).toISOString(),
    }),
  );
  await insertRows(ground, own);
  // As workers leave it; the others are older.
  const measure = 'UPDATE analyses SET results_bytes = octet_length(results::text) WHERE id = ANY($1)';
  await ground.database.query(measure, [own.slice(0, 2).map(({ id }) => id)]);
  const truth = await Promise.all(own.map(async ({ id }) => (await get(`results/${id}`)).body));
  expect(truth.map(({ results }) => results)).toEqual(found.map((results) => results ?? null));

  const all = await get('results?sort=created_at');
  expect(all.body).toEqual({ items: truth, page: 1, per_page: 20, total: 5, total_pages: 1 });
  expect(all.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(all.headers.get('content-length')).toBeNull();
  expect((await get('history?days=3660')).body.items).toEqual(truth.toReversed());
  const small = await get('results?per_page=1');
  expect(small.body.items).toEqual([truth[4]]);
  expect(small.headers.get('content-length')).toMatch(/^\d+$/);
});
