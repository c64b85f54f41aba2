import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, idOf, insertRows, type RowTruth, seeded } from './rows.js';
import { expectRefusal } from './traces.js';

const DAY = 86_400_000;

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  // Days are days of UTC, wherever the server stands.
  facet = await startFacet(ground, { ROLE: 'api', TZ: 'Pacific/Auckland' });
});

afterEach(async () => {
  await ground.database.query('DELETE FROM analyses');
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const get = async (path: string) => (await call(facet.url, `/api/v1/${path}`)).body;

/** The date of the day so many days ago. */
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

/** A moment of the day so many days ago. */
const at = (daysAgo: number, time: string): string => `${dayBefore(daysAgo)}T${time}Z`;

// Around midnight a day more might begin between a test's preparations and its questions.
beforeEach(async () => {
  while (Date.now() % DAY > DAY - 10_000) await new Promise((resolve) => setTimeout(resolve, 1000));
});

const nothing = { total: 0, completed: 0, failed: 0, success_rate: 0, average_processing_time: 0 };

it('is all zeros while there is nothing', async () => {
  expect(await get('statistics')).toEqual({
    total_analyses: 0,
    queued: 0,
    processing: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    success_rate: 0,
    average_processing_time: 0,
    by_file_type: { image: nothing, video: nothing, document: nothing },
  });
});

it('tells 38 of 42 as 90.48 %', async () => {
  const completed = Array.from({ length: 38 }, (_, index) =>
    buildRow(index, { file_type: index < 28 ? 'image' : 'document', processing_time: index < 28 ? 0.5 : 2.25 }),
  );
  await insertRows(ground, [
    ...completed,
    buildRow('failed', { status: 'failed', processing_time: 40 }),
    buildRow('queued', { status: 'queued' }),
    buildRow('processing', { status: 'processing', file_type: 'video' }),
    buildRow('cancelled', { status: 'cancelled', file_type: 'video' }),
    buildRow('of another', { owner_id: idOf('owner'), processing_time: 1000 }),
  ]);
  expect(await get('statistics')).toEqual({
    total_analyses: 42,
    queued: 1,
    processing: 1,
    completed: 38,
    failed: 1,
    cancelled: 1,
    success_rate: 90.48,
    // (28 × 0.5 + 10 × 2.25) ÷ 38 = 36.5 ÷ 38 = 0.9605…
    average_processing_time: 0.961,
    by_file_type: {
      // 28 ÷ 30 = 93.333… %
      image: { total: 30, completed: 28, failed: 1, success_rate: 93.33, average_processing_time: 0.5 },
      video: { total: 2, completed: 0, failed: 0, success_rate: 0, average_processing_time: 0 },
      document: { total: 10, completed: 10, failed: 0, success_rate: 100, average_processing_time: 2.25 },
    },
  });
});

it.each([
  [1, 3, 33.33],
  [2, 3, 66.67],
  [1, 8, 12.5],
  [1, 7, 14.29],
  [57, 800, 7.13],
  [201, 20_000, 1.01],
])('tells %d of %d as %d %%', async (completed, total, rate) => {
  await insertRows(
    ground,
    Array.from({ length: total }, (_, index) =>
      buildRow(index, { status: index < completed ? 'completed' : 'failed', processing_time: 1 }),
    ),
  );
  expect((await get('statistics')).success_rate).toBe(rate);
});

it('follows an analysis through its life', async () => {
  const { id } = buildRow('alive', { status: 'queued' });
  await insertRows(ground, [buildRow('alive', { status: 'queued', created_at: at(0, '00:00:00.000') })]);
  expect(await get('statistics')).toMatchObject({ total_analyses: 1, queued: 1, success_rate: 0 });
  await call(facet.url, `/api/v1/analyses/${id}/cancel`, { method: 'POST' });
  expect(await get('statistics')).toMatchObject({ total_analyses: 1, queued: 0, cancelled: 1 });
  await call(facet.url, `/api/v1/analyses/${id}/retry`, { method: 'POST' });
  expect(await get('statistics')).toMatchObject({ total_analyses: 1, queued: 1, cancelled: 0 });
  await call(facet.url, `/api/v1/analyses/${id}`, { method: 'DELETE' });
  expect(await get('statistics')).toMatchObject({ total_analyses: 0, queued: 0, by_file_type: { image: nothing } });
  expect((await get('statistics/daily?days=1')).items[0].total).toBe(0);
});

describe('day by day', () => {
  it('every day is present, in UTC, the oldest first', async () => {
    await insertRows(ground, [
      buildRow(1, { created_at: at(0, '00:00:00.000'), processing_time: 1 }),
      buildRow(2, { created_at: at(1, '23:59:59.999'), processing_time: 2 }),
      buildRow(3, { created_at: at(1, '00:00:00.000'), processing_time: 3.5 }),
      buildRow(4, { created_at: at(1, '12:00:00.000'), status: 'failed', processing_time: 60 }),
      buildRow(5, { created_at: at(1, '12:00:00.000'), status: 'cancelled' }),
      buildRow(6, { created_at: at(4, '00:00:00.000'), status: 'queued' }),
      buildRow(7, { created_at: at(5, '23:59:59.999') }),
    ]);
    const empty = { total: 0, completed: 0, failed: 0, average_processing_time: 0 };
    expect((await get('statistics/daily?days=5')).items).toEqual([
      { date: dayBefore(4), ...empty, total: 1 },
      { date: dayBefore(3), ...empty },
      { date: dayBefore(2), ...empty },
      { date: dayBefore(1), total: 4, completed: 2, failed: 1, average_processing_time: 2.75 },
      { date: dayBefore(0), total: 1, completed: 1, failed: 0, average_processing_time: 1 },
    ]);
  });

  it.each([
    ['', 30],
    ['?days=1', 1],
    ['?days=400', 400],
  ])('as many days as asked for: %j', async (query, days) => {
    const { items } = await get(`statistics/daily${query}`);
    expect(items.map(({ date }: { date: string }) => date)).toEqual(
      Array.from({ length: days }, (_, index) => dayBefore(days - 1 - index)),
    );
  });

  it.each(['0', '-1', '1.5', 'all', '3661'])('refuses days=%s', async (days) => {
    for (const path of ['statistics/daily', 'history']) {
      const answer = await call(facet.url, `/api/v1/${path}?days=${days}`);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.body.error.details.fields[0].field).toBe('days');
    }
  });
});

describe('history', () => {
  beforeEach(() =>
    insertRows(ground, [
      buildRow('today', { created_at: at(0, '00:00:00.000') }),
      buildRow('yesterday', { created_at: at(1, '00:00:00.000'), status: 'failed', file_type: 'video' }),
      buildRow('before', { created_at: at(2, '23:59:59.999'), file_type: 'video' }),
      buildRow('a month ago', { created_at: at(29, '00:00:00.000') }),
      buildRow('longer ago', { created_at: at(30, '23:59:59.999') }),
    ]),
  );

  it.each([
    ['', ['today', 'yesterday', 'before', 'a month ago']],
    ['?days=1', ['today']],
    ['?days=2', ['today', 'yesterday']],
    ['?days=31', ['today', 'yesterday', 'before', 'a month ago', 'longer ago']],
    ['?file_type=video', ['yesterday', 'before']],
    ['?file_type=video&status=completed&days=3', ['before']],
    ['?per_page=1&page=2', ['yesterday'], 4],
    ['?page=9', [], 4],
  ])('%j', async (query, seeds: string[], total = seeds.length) => {
    const { items, ...page } = await get(`history${query}`);
    expect(items.map(({ id }: RowTruth) => id)).toEqual(seeds.map(idOf));
    expect(page).toMatchObject({ total });
  });
});

describe('the running totals are what counting would give', () => {
  const difference = async () => {
    const { rows } = await ground.database.query(
      `WITH counted AS (
         SELECT owner_id, date_trunc('hour', created_at, 'UTC') AS hour, file_type, status, count(*) AS analyses,
                coalesce(sum(processing_time), 0) AS processing_time
           FROM analyses GROUP BY 1, 2, 3, 4),
       kept AS (SELECT * FROM analysis_totals WHERE analyses <> 0 OR processing_time <> 0)
       (TABLE counted EXCEPT SELECT owner_id, hour, file_type, status, analyses, processing_time FROM kept)
        UNION ALL
       (SELECT owner_id, hour, file_type, status, analyses, processing_time FROM kept EXCEPT TABLE counted)`,
    );
    return rows;
  };

  const random = seeded(11);
  const rows = Array.from({ length: 2000 }, (_, index) =>
    buildRow(index, {
      created_at: new Date(Date.parse('2025-03-28') + Math.floor(random() * 48) * 1_800_000).toISOString(),
      file_type: random() < 0.5 ? 'image' : 'video',
      processing_time: Math.round(random() * 1000) / 1000,
      ...(random() < 0.3 && { owner_id: idOf('owner') }),
    }),
  );

  it('after insertions, changes and removals, of one row and of many', async () => {
    for (let from = 0; from < rows.length; from += 300) await insertRows(ground, rows.slice(from, from + 300));
    expect(await difference()).toEqual([]);
    for (const change of [
      `UPDATE analyses SET status = 'queued', progress = 0, error_code = NULL, worker_id = NULL, completed_at = NULL WHERE get_byte(uuid_send(id), 0) < 100`,
      `UPDATE analyses SET processing_time = processing_time * 2`,
      `UPDATE analyses SET processing_time = NULL WHERE get_byte(uuid_send(id), 1) < 60`,
      `UPDATE analyses SET status = 'failed', progress = 9, error_code = 'x', worker_id = NULL, completed_at = now() WHERE get_byte(uuid_send(id), 2) < 60`,
      `UPDATE analyses SET created_at = created_at + interval '1 hour' WHERE get_byte(uuid_send(id), 3) < 60`,
      `UPDATE analyses SET filename = 'unchanged otherwise'`,
      `DELETE FROM analyses WHERE get_byte(uuid_send(id), 4) < 60`,
      `DELETE FROM analyses WHERE id = '${rows[5]!.id}'`,
    ]) {
      await ground.database.query(change);
      expect({ change, difference: await difference() }).toEqual({ change, difference: [] });
    }
  });

  it('after many changes at once', async () => {
    await insertRows(ground, rows.slice(0, 200));
    const own = rows.slice(0, 200).filter(({ owner_id }) => owner_id === undefined);
    const newcomers = rows.slice(200, 300);
    const insertions = async () => {
      for (const row of newcomers) await insertRows(ground, [row]);
    };
    await Promise.all([
      insertions(),
      ...own.map(({ id }) => call(facet.url, `/api/v1/analyses/${id}`, { method: 'DELETE' })),
    ]);
    expect(await difference()).toEqual([]);
    expect((await get('statistics')).total_analyses).toBe(
      newcomers.filter(({ owner_id }) => owner_id === undefined).length,
    );
  });
});
