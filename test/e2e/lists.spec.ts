import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertRows, type RowTruth, seeded } from './rows.js';
import { expectRefusal } from './traces.js';

const STATUSES = ['completed', 'failed', 'queued', 'processing', 'cancelled'] as const;
const TYPES = ['image', 'video', 'document'] as const;
const START = Date.parse('2025-03-28T00:00:00.000Z');
const HOUR = 3_600_000;

let ground: Ground;
let facet: Facet;
/** What is in the table and belongs to the caller, the oldest first. */
let rows: RowTruth[];

/** 3000 rows over four days; many at the edges of hours, and many at the same moment as others. */
function makeRows(): RowTruth[] {
  const random = seeded(7);
  const one = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: 3000 }, (_, index) => {
    const hour = START + Math.floor(random() * 96) * HOUR;
    const within = random() < 0.4 ? one([0, 1, HOUR - 1, 1_800_000]) : Math.floor(random() * HOUR);
    const status = random() < 0.6 ? 'completed' : one(STATUSES);
    return buildRow(index, {
      status,
      file_type: random() < 0.6 ? 'image' : one(TYPES),
      filename: one(['Holiday.JPG', 'holiday-2.jpg', '100%.png', '100x.png', 'a_b.png', 'ảnh.png', 'back\\slash.png']),
      created_at: new Date(hour + within).toISOString(),
    });
  }).sort((a, b) => (a.created_at + a.id < b.created_at + b.id ? -1 : 1));
}

beforeAll(async () => {
  ground = await buildGround();
  // A zone that is far from UTC and changes its clock in these days: nothing of the API may depend on it.
  facet = await startFacet(ground, { ROLE: 'api', TZ: 'America/New_York' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const results = (query: Record<string, string | number> = {}) => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return call(facet.url, `/api/v1/results?${parameters.toString()}`);
};

const ids = (all: { id: string }[]) => all.map(({ id }) => id);

it('is empty while there is nothing', async () => {
  expect((await results()).body).toEqual({ items: [], page: 1, per_page: 20, total: 0, total_pages: 0 });
  expect((await results({ page: 3 })).body).toEqual({ items: [], page: 3, per_page: 20, total: 0, total_pages: 0 });
});

describe('with three thousand rows', () => {
  beforeAll(async () => {
    rows = makeRows();
    const others = rows.slice(0, 500).map((row, index) => ({
      ...row,
      ...buildRow(`other-${index}`, { created_at: row.created_at }),
      owner_id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10',
    }));
    // Not in their order, and in several statements.
    const shuffled = [...rows, ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (let at = 0; at < shuffled.length; at += 700) await insertRows(ground, shuffled.slice(at, at + 700));
  });

  const isMatch = (name: string, q: string) => (q.length < 3 ? name.startsWith(q) : name.includes(q));

  /** The rows that a query is about, by the words of the contract. */
  const matching = (query: Record<string, string | number>, from = -Infinity, to = Infinity): RowTruth[] => {
    const found = rows.filter(
      (row) =>
        (query.status === undefined || row.status === query.status) &&
        (query.file_type === undefined || row.file_type === query.file_type) &&
        (query.q === undefined || isMatch(row.filename.toLowerCase(), String(query.q).toLowerCase())) &&
        Date.parse(row.created_at) >= from &&
        Date.parse(row.created_at) <= to,
    );
    return query.sort === 'created_at' ? found : found.reverse();
  };

  it('shows the newest twenty at first', async () => {
    const { body } = await results();
    expect(body).toMatchObject({ page: 1, per_page: 20, total: 3000, total_pages: 150 });
    expect(ids(body.items)).toEqual(ids(matching({}).slice(0, 20)));
    const { id, created_at, status, filename, file_type } = matching({})[0]!;
    expect(body.items[0]).toMatchObject({ id, created_at, status, filename, file_type, job_id: id, artifacts: [] });
  });

  const windows: [string, Record<string, string>, number, number][] = [
    ['any time', {}, -Infinity, Infinity],
    ['from an hour', { from: '2025-03-29T05:00:00Z' }, START + 29 * HOUR, Infinity],
    ['to an hour', { to: '2025-03-29T05:00:00Z' }, -Infinity, START + 29 * HOUR],
    ['to a millisecond before it', { to: '2025-03-29T04:59:59.999Z' }, -Infinity, START + 29 * HOUR - 1],
    ['from a moment', { from: '2025-03-29T05:12:34.567Z' }, START + 29 * HOUR + 754_567, Infinity],
    [
      'within one hour',
      { from: '2025-03-29T05:00:00.001Z', to: '2025-03-29T05:59:59.998Z' },
      START + 29 * HOUR + 1,
      START + 30 * HOUR - 2,
    ],
    [
      'at one moment',
      { from: '2025-03-29T05:00:00Z', to: '2025-03-29T05:00:00Z' },
      START + 29 * HOUR,
      START + 29 * HOUR,
    ],
    [
      'across hours',
      { from: '2025-03-28T23:30:00Z', to: '2025-03-30T00:00:00.001Z' },
      START + 23.5 * HOUR,
      START + 48 * HOUR + 1,
    ],
    ['on one day', { from: '2025-03-29', to: '2025-03-29' }, START + 24 * HOUR, START + 48 * HOUR - 1],
    ['with an offset', { from: '2025-03-29T12:00:00+07:00' }, START + 29 * HOUR, Infinity],
    ['without a zone, which is UTC', { from: '2025-03-29T05:00:00' }, START + 29 * HOUR, Infinity],
    ['backwards', { from: '2025-03-30', to: '2025-03-28' }, 1, 0],
    ['before all', { to: '2024-01-01' }, -Infinity, 0],
    ['after all', { from: '2027-01-01' }, Infinity, Infinity],
  ];

  it.each(windows)('filters by status, type and time: %s', async (_case, window, from, to) => {
    for (const status of [undefined, ...STATUSES]) {
      for (const file_type of [undefined, ...TYPES]) {
        const query = { ...window, ...(status && { status }), ...(file_type && { file_type }), per_page: 5 };
        const truth = matching(query, from, to);
        const { body } = await results(query);
        expect({ query, total: body.total, total_pages: body.total_pages, ids: ids(body.items) }).toEqual({
          query,
          total: truth.length,
          total_pages: Math.ceil(truth.length / 5),
          ids: ids(truth.slice(0, 5)),
        });
      }
    }
  });

  it.each([
    'holiday',
    'HOLIDAY.jpg',
    '100%',
    '%',
    '_',
    'a_b',
    '\\',
    'ảnh',
    'ẢNH',
    '.png',
    'h',
    'ba',
    'g',
    'nothing like it',
  ])('searches for %j', async (q) => {
    for (const more of ['', 'status=completed', 'file_type=image&sort=created_at']) {
      const query = { ...Object.fromEntries(new URLSearchParams(more)), q, per_page: 50, page: 2 };
      const truth = matching(query);
      const { body } = await results(query);
      expect({ total: body.total, ids: ids(body.items) }).toEqual({
        total: truth.length,
        ids: ids(truth.slice(50, 100)),
      });
    }
  });

  it.each([
    ['all', {}],
    ['those of one status', { status: 'completed' }],
    ['those of one type', { file_type: 'image', status: 'completed' }],
    ['those that a search finds', { q: 'holiday' }],
    ['those from a moment on', { from: '2025-03-28T07:30:00Z' }],
    ['those up to a moment', { to: '2025-03-31T20:15:00Z' }],
    ['those between two moments', { from: '2025-03-28T03:20:00.500Z', to: '2025-03-31T21:10:00Z' }],
    ['those between two hours', { from: '2025-03-28T03:00:00Z', to: '2025-03-31T21:00:00Z', status: 'completed' }],
  ])('pages through %s without a hole or a double, both ways', async (_case, query: Record<string, string>) => {
    const from = query.from ? Date.parse(query.from) : undefined;
    const to = query.to ? Date.parse(query.to) : undefined;
    for (const sort of ['created_at', '-created_at']) {
      const truth = ids(matching({ ...query, sort }, from, to));
      const found: string[] = [];
      for (let page = 1; found.length < truth.length; page++) {
        const { body } = await results({ ...query, sort, page, per_page: 87 });
        expect(body).toMatchObject({ page, total: truth.length, total_pages: Math.ceil(truth.length / 87) });
        expect(body.items).toHaveLength(Math.min(87, truth.length - found.length));
        found.push(...ids(body.items));
      }
      expect(found).toEqual(truth);
    }
  });

  it.each([1, 100])('takes %d rows a page', async (per_page) => {
    const last = 3000 / per_page;
    const { body } = await results({ per_page, page: last });
    expect(body).toMatchObject({ per_page, page: last, total_pages: last });
    expect(ids(body.items)).toEqual(ids(matching({}).slice(-per_page)));
  });

  it.each([151, 1_000_000_000])('answers page %d, beyond the last, with nothing', async (page) => {
    const { status, body } = await results({ page });
    expect(status).toBe(200);
    expect(body).toEqual({ items: [], page, per_page: 20, total: 3000, total_pages: 150 });
  });

  it('goes on from the rows that come and go', async () => {
    const newcomer = buildRow('newcomer', { created_at: '2025-04-02T00:00:00.000Z' });
    await insertRows(ground, [newcomer]);
    expect((await results({ per_page: 1 })).body).toMatchObject({ total: 3001, items: [{ id: newcomer.id }] });
    expect((await results({ per_page: 1, page: 3001 })).body.items[0].id).toBe(rows[0]!.id);
    await call(facet.url, `/api/v1/analyses/${newcomer.id}`, { method: 'DELETE' });
    expect((await results({ per_page: 1 })).body).toMatchObject({ total: 3000, items: [{ id: rows.at(-1)!.id }] });
  });
});

describe('refuses', () => {
  it.each([
    ['per_page', '0'],
    ['per_page', '101'],
    ['per_page', '-1'],
    ['per_page', '2.5'],
    ['per_page', 'many'],
    ['per_page', ''],
    ['page', '0'],
    ['page', '1e30'],
    ['page', 'NaN'],
    ['status', 'done'],
    ['status', ''],
    ['file_type', 'IMAGE'],
    ['sort', 'filename'],
    ['sort', '--created_at'],
    ['q', 'x'.repeat(201)],
    ['from', 'yesterday'],
    ['from', '2025-02-30'],
    ['from', '2025-13-01'],
    ['from', '2025-W05'],
    ['from', '2025-W05-1T10:00:00Z'],
    ['from', '2025-123'],
    ['from', '20250101'],
    ['from', '2025-01-01T10'],
    ['from', '2025-01-01T25:00:00Z'],
    ['from', '1735689600'],
    ['to', '2025-01-01T00:00:00+99:00'],
    ['to', ''],
    ['colour', 'red'],
  ])('%s=%j', async (field, value) => {
    const answer = await results({ [field]: value });
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields).toEqual([{ field, message: expect.stringMatching(/\w/) }]);
  });

  it('every bad parameter at once', async () => {
    const answer = await results({ page: 0, per_page: 0, status: 'x', sort: 'x' });
    const fields = answer.body.error.details.fields.map(({ field }: { field: string }) => field);
    expect(fields.sort()).toEqual(['page', 'per_page', 'sort', 'status']);
  });

  it.each(['status=failed&status=queued', 'q=a&q=b', 'page=1&page=2', 'q[]=a', 'from[$gt]=2025', '__proto__[x]=1'])(
    'what is given twice or nested: %s',
    async (query) => {
      expectRefusal(await call(facet.url, `/api/v1/results?${query}`), 422, 'validation_failed');
    },
  );
});

it('finds nothing for text that no name can hold, and does not break', async () => {
  for (const q of ['%00', '%ED%A0%80', '%F0%9F%8E%89', "'; DROP TABLE analyses; --"]) {
    expect((await call(facet.url, `/api/v1/results?q=${encodeURI(q).replaceAll('%25', '%')}`)).status).toBe(200);
  }
});
