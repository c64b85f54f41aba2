import { call } from '../support/client.js';
import { buildUpload } from '../support/batches/upload.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  await insertRows(ground, [buildRow('first'), buildRow('second', { created_at: '1969-12-31T23:59:59.999Z' })]);
  await buildUpload(ground.database, { rows: 2, status: 'paused' });
  // A zone whose clocks once differed from UTC by odd seconds.
  facet = await startFacet(ground, { ROLE: 'api', TZ: 'America/New_York' });
  await ground.database.query(`UPDATE users SET role = 'admin'`);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** Times that are taken though no clock has shown them. */
const EARLY = [
  '0000-01-01',
  '0000-01-01T00:00:00+23:59',
  '0000-02-29',
  '0000-12-31T23:59:59.999999999Z',
  '0001-01-01',
  '0001-01-01T00:00+14:00',
  '1883-11-18T12:03:58Z',
];
const LATE = ['9999-12-31', '9999-12-31T23:59:59.999999999-23:59', '9999-12-30', '9999-12-31T00:00'];

const ROUTES = {
  '/api/v1/results': 2,
  '/api/v1/results/export?format=json': 2,
  '/api/v1/results/export?format=ndjson': 2,
  '/api/v1/results/export?format=csv': 2,
  '/api/v1/results/export?format=xlsx': 2,
  '/api/v1/batch-data/export?format=json': 2,
  '/api/v1/batch-data/export?format=csv': 2,
  '/api/v1/admin/audit-log': 0,
} as const;

/** Rows of an answer that has come to its end; null where only that can be told. */
function rowsOf(route: string, body: any): number | null {
  if (route.includes('xlsx')) return null;
  if (Array.isArray(body)) return body.length;
  if (typeof body !== 'string') return body.total;
  return body.split('\n').filter(Boolean).length - (route.includes('csv') ? 1 : 0);
}

const ask = async (route: string, query: string) => {
  const { status, body } = await call(facet.url, `${route}${route.includes('?') ? '&' : '?'}${query}`);
  expect({ query, status }).toEqual({ query, status: 200 });
  return rowsOf(route, body);
};

describe.each(Object.entries(ROUTES))('%s', (route, all) => {
  it('has all rows from before the first year until after the last', async () => {
    for (const from of EARLY) expect([null, all]).toContain(await ask(route, `from=${encodeURIComponent(from)}`));
    for (const to of LATE) expect([null, all]).toContain(await ask(route, `to=${encodeURIComponent(to)}`));
    expect([null, all]).toContain(await ask(route, 'from=0000-01-01&to=9999-12-31'));
  });

  it('has none outside of that', async () => {
    for (const to of EARLY) expect([null, 0]).toContain(await ask(route, `to=${encodeURIComponent(to)}`));
    for (const from of LATE) expect([null, 0]).toContain(await ask(route, `from=${encodeURIComponent(from)}`));
    expect([null, 0]).toContain(await ask(route, 'from=9999-12-31&to=0000-01-01'));
  });

  it.each(['10000-01-01', '-0001-01-01', '2016-12-31T23:59:60Z', '2025-01-01T00:00:00+24:00', '2025-01-01T24:00:01Z'])(
    'refuses %s',
    async (time) => {
      const query = `${route.includes('?') ? '&' : '?'}from=${encodeURIComponent(time)}`;
      expectRefusal(await call(facet.url, `${route}${query}`), 422, 'validation_failed');
    },
  );
});

it.each(['statistics/daily', 'history'])('counts the days of %s to the last that may be asked for', async (route) => {
  expect((await call(facet.url, `/api/v1/${route}?days=3660`)).status).toBe(200);
  for (const days of ['3661', '0', '1e99', '-1', '9007199254740993']) {
    expectRefusal(await call(facet.url, `/api/v1/${route}?days=${days}`), 422, 'validation_failed');
  }
});
