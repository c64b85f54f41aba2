import { parse } from 'csv-parse/sync';
import { Workbook } from 'exceljs';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { ADA, buildPerson, type Person } from '../support/accounts.js';
import { call, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertArtifacts, insertRows, type RowTruth } from './rows.js';
import { expectRefusal } from './traces.js';

const POOL_SIZE = 8;

/** A quarter of the connections: one for each of two callers. */
const AT_ONCE = 2;

const STATUSES = ['completed', 'failed', 'queued', 'processing', 'cancelled'] as const;
const NAMES = ['a.png', '=1+1.png', '-5', 'say "hi", twice.png', 'two\nlines.png', 'ảnh 😀.png', '@x\\N\t.png'];

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', TZ: 'Asia/Tokyo', DATABASE_POOL_SIZE: String(POOL_SIZE) });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** The answer as soon as it begins; whoever asked reads the rest, or goes. */
async function begin(query: string, method = 'GET', as: Person = ADA): Promise<IncomingMessage> {
  const request = get(`${facet.url}/api/v1/results/export?${query}`, {
    method,
    headers: signedIn({ as }),
    agent: false,
  });
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  // Kept for who reads on, whenever that is.
  answer.on('error', () => undefined);
  return answer;
}

async function fetchExport(query: string): Promise<Buffer> {
  const answer = await fetch(`${facet.url}/api/v1/results/export?${query}`, { headers: signedIn() });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

const csvOf = async (query: string): Promise<Record<string, string>[]> =>
  parse(await fetchExport(`format=csv&${query}`), { columns: true, record_delimiter: '\r\n' });

/** Statements that still send rows, as PostgreSQL sees them. */
async function copying(): Promise<number> {
  const { rows } = await ground.database.query(
    `SELECT count(*)::int AS running FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%'`,
  );
  return rows[0].running;
}

it('has nothing but heads while there is nothing', async () => {
  expect((await fetchExport('format=csv')).toString()).toMatch(/^id,file_type,filename,[a-z0-9_,]*\r\n$/);
  expect(JSON.parse((await fetchExport('format=json')).toString())).toEqual([]);
  expect((await fetchExport('format=ndjson')).length).toBe(0);
  const workbook = new Workbook();
  await workbook.xlsx.load((await fetchExport('format=xlsx')) as never);
  expect(workbook.getWorksheet('Sheet1')!.rowCount).toBe(1);
});

it.each(['format=pdf', 'format=', 'format=csv&format=json', 'format=csv&page=1', 'format=csv&status=done', 'x=1'])(
  'refuses ?%s',
  async (query) => {
    expectRefusal(await call(facet.url, `/api/v1/results/export?${query}`), 422, 'validation_failed');
  },
);

it.each([
  ['csv', 'text/csv; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['ndjson', 'application/x-ndjson; charset=utf-8'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
])('says what %s is and under which name it is to be kept', async (format, mediaType) => {
  for (const path of ['/api/v1/results/export', '/results/export']) {
    const { headers } = await call(facet.url, `${path}?format=${format}`);
    expect(headers.get('content-type')).toBe(mediaType);
    const today = new Date().toISOString().slice(0, 10);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="analyses-${today}.${format}"`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

describe('with the rows of a list', () => {
  const rows: RowTruth[] = Array.from({ length: 230 }, (_, index) =>
    buildRow(index, {
      status: STATUSES[index % STATUSES.length],
      file_type: (['image', 'video', 'document'] as const)[index % 3],
      filename: NAMES[index % NAMES.length],
      created_at: new Date(Date.UTC(2025, 2, 28) + Math.floor(index / 3) * 3_600_123).toISOString(),
      ...(index % STATUSES.length === 0 && {
        results: { image: { width: index, note: `=1,"2"\n${index}` } },
        processing_time: index / 8,
      }),
    }),
  );

  beforeAll(async () => {
    await insertRows(ground, rows);
    await insertRows(ground, [{ ...buildRow('other'), owner_id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' }]);
    const names = ['keyframe-10.jpg', 'keyframe-9.jpg', 'thumbnail.jpg'];
    const artifacts = names.map((name) => ({ name, media_type: 'image/jpeg', size_bytes: 5 }));
    await insertArtifacts(ground, rows[0]!.id, artifacts);
  });

  /** The same rows by the pages of the list. */
  async function listed(query: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { body } = await call(facet.url, `/api/v1/results?per_page=100&page=${page}&${query}`);
      items.push(...body.items);
      pages = body.total_pages;
    }
    return items;
  }

  it.each([
    '',
    'sort=created_at',
    'status=completed&file_type=image',
    'from=2025-03-29&to=2025-03-30T05:00:00Z',
    'q=TWICE',
    `q=${encodeURIComponent("'; DROP TABLE analyses; --")}`,
    `q=${encodeURIComponent('$1\\')}`,
  ])('has as JSON, NDJSON and CSV what the list has for ?%s', async (query) => {
    const truth = await listed(query);
    if (query === '') expect(truth).toHaveLength(rows.length);
    expect(JSON.parse((await fetchExport(`format=json&${query}`)).toString())).toEqual(truth);
    const lines = (await fetchExport(`format=ndjson&${query}`)).toString().split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual(truth);
    expect((await csvOf(query)).map(({ id }) => id)).toEqual(truth.map(({ id }) => id));
  });

  it('has as CSV a cell for each value, and none that a spreadsheet would run', async () => {
    const truth = new Map(rows.map((row) => [row.id, row]));
    for (const { id = '', filename, results, created_at, status, processing_time } of await csvOf('')) {
      const row = truth.get(id)!;
      expect(filename).toBe(/^[=@]/.test(row.filename) ? `'${row.filename}` : row.filename);
      expect({ created_at, status }).toEqual({ created_at: row.created_at, status: row.status });
      expect(results === '' ? undefined : JSON.parse(results!)).toEqual(row.results);
      expect(processing_time === '' ? null : Number(processing_time)).toEqual(row.processing_time);
    }
  });

  it('has as XLSX typed cells', async () => {
    const workbook = new Workbook();
    await workbook.xlsx.load((await fetchExport('format=xlsx&sort=created_at')) as never);
    const sheet = workbook.getWorksheet('Sheet1')!;
    const names = sheet.getRow(1).values as string[];
    const cell = (row: number, name: string) => sheet.getRow(row).getCell(names.indexOf(name)).value;
    expect(sheet.rowCount).toBe(rows.length + 1);
    const first = rows.slice(0, 3).sort((one, other) => (one.id < other.id ? -1 : 1))[0]!;
    expect({ id: cell(2, 'id'), created_at: cell(2, 'created_at') }).toEqual({
      id: first.id,
      created_at: new Date(first.created_at),
    });
    expect(cell(2, 'size_bytes')).toBe(1);
  });
});

describe('with more rows than fit into memory', () => {
  const SIZE = 30_000;

  beforeAll(async () => {
    await ground.database.query('DELETE FROM analyses');
    await ground.database.query(
      `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options,
                             status, job_id, progress, results, processing_time, created_at)
       SELECT gen_random_uuid(), '${ADA.id}', 'image', n || '.png', 'image/png', n, repeat('0', 64), 'none', '{}', '{}', 'completed', n, 100,
              json_build_object('text', repeat('words and "words" ', 500)), 1, now() - make_interval(secs => n)
         FROM generate_series(1, $1) AS n`,
      [SIZE],
    );
  }, 120_000);

  afterEach(() => eventually(copying, (running) => running === 0));

  /** Kilobytes of physical memory: at this moment (`VmRSS`), or at most since the last reset (`VmHWM`). */
  async function memory(measure: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await readFile(`/proc/${facet.process.pid}/status`, 'utf8');
    return Number(new RegExp(`^${measure}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  }

  it.each(['csv', 'json', 'xlsx'])('takes no more memory for them as %s', async (format) => {
    await fetchExport(`format=${format}&q=99999`);
    const before = await memory('VmRSS');
    await writeFile(`/proc/${facet.process.pid}/clear_refs`, '5');
    const answer = await begin(`format=${format}`);
    let bytes = 0;
    for await (const piece of answer) bytes += (piece as Buffer).length;
    expect(answer.complete).toBe(true);
    // Of text it is 270 MB, packed a small part of that.
    expect(bytes).toBeGreaterThan(format === 'xlsx' ? 1_000_000 : 270_000_000);
    expect((await memory('VmHWM')) - before).toBeLessThan(150 * 1024);
  });

  it('waits for a client that does not read, and stops when it goes', async () => {
    const before = await memory('VmRSS');
    const answer = await begin('format=csv');
    await once(answer, 'readable');
    answer.pause();
    expect(await eventually(copying, (running) => running === 1)).toBe(1);
    expect((await memory('VmRSS')) - before).toBeLessThan(100 * 1024);
    answer.destroy();
    expect(await eventually(copying, (running) => running === 0, 10)).toBe(0);
  });

  it('serves a quarter of its connections at once, half of them to one caller, and everybody else as ever', async () => {
    const [one, other, third] = [
      await buildPerson(ground.database, 'one', 'admin'),
      await buildPerson(ground.database, 'other', 'admin'),
      await buildPerson(ground.database, 'third', 'admin'),
    ];
    const owner = `owner_id=${ADA.id}`;
    const ask = (as: Person) => call(facet.url, `/api/v1/results/export?q=99999&${owner}`, { as });
    const answers = [await begin(`format=ndjson&${owner}`, 'GET', one)];
    expectRefusal(await ask(one), 429, 'too_many_exports');
    answers.push(await begin(`format=ndjson&${owner}`, 'GET', other));
    const refusal = await ask(third);
    expectRefusal(refusal, 429, 'too_many_exports');
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(facet.url, '/api/v1/results')).body.total).toBe(SIZE);
    for (const answer of answers) answer.destroy();
    await eventually(
      () => call(facet.url, '/api/v1/results/export?q=99999'),
      ({ status }) => status === 200,
    );
  });

  it('keeps no place for a client that only asks for the head', async () => {
    for (let turn = 0; turn < 3 * AT_ONCE; turn += 1) {
      const answer = await begin('format=csv', 'HEAD');
      expect(answer.statusCode).toBe(200);
      answer.resume();
      await once(answer, 'close');
    }
    expect(await eventually(copying, (running) => running === 0, 10)).toBe(0);
    expect((await call(facet.url, '/api/v1/results/export?q=99999')).status).toBe(200);
  });

  it('breaks the connection off when PostgreSQL fails on the way, and says so in the log', async () => {
    const answer = await begin('format=json');
    // The head comes before PostgreSQL has begun.
    await eventually(copying, (running) => running === 1);
    const { rowCount } = await ground.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%'`,
    );
    expect(rowCount).toBe(1);
    const read = async () => {
      for await (const piece of answer) expect(piece).toBeInstanceOf(Buffer);
    };
    await expect(read()).rejects.toThrow();
    expect(answer.complete).toBe(false);
    const failures = () => Promise.resolve(facet.log.filter(({ context }) => context === 'ExportsService'));
    expect(await eventually(failures, ({ length }) => length > 0)).toMatchObject([{ level: 50 }]);
    expect((await call(facet.url, '/api/v1/results/export?q=99999')).status).toBe(200);
  });

  it('ends in an orderly way while a client reads', async () => {
    const other = await startFacet(ground, { ROLE: 'api' });
    const request = get(`${other.url}/api/v1/results/export`, { headers: signedIn(), agent: false }).on(
      'error',
      () => undefined,
    );
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    await once(answer, 'readable');
    expect(await other.stop()).toBe(0);
    expect(answer.complete).toBe(false);
  });
});
