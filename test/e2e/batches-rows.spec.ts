import { parse } from 'csv-parse/sync';
import { Client } from 'pg';
import { EXPORT_FORMATS } from '../../src/exports/exports.dto.js';
import { ADA } from '../support/accounts.js';
import { startAi, type AiServer } from '../support/batches/ai-server.js';
import { submit } from '../support/batches/submit.js';
import { call, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { expectRefusal } from './traces.js';

const ROWS = 120;

let ground: Ground;
let ai: AiServer;
let facet: Facet;
let upload: string;
let batches: string[];

/** Every tenth row is no URL, every row that ends in 5 is refused by the AI. */
const urlOf = (row: number) => (row % 10 === 0 ? `bad ${row}` : `https://images.example.com/${row}.jpg`);

const truth = Array.from({ length: ROWS }, (_row, index) => index + 1).map((row) => ({
  row_number: row,
  url: urlOf(row),
  status: row % 5 === 0 ? 'failed' : 'succeeded',
  error_class: row % 10 === 0 ? 'invalid_url' : row % 5 === 0 ? 'http_4xx' : null,
  columns: { sku: `=S${row}`, '2024': row % 3 === 0 ? '' : `é${row}` },
}));

beforeAll(async () => {
  ground = await buildGround();
  ai = await startAi();
  ai.manner = ({ row_number }, _times, response) => {
    if (row_number % 5 !== 0) return false;
    response.writeHead(422).end();
    return true;
  };
  facet = await startFacet(ground, { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address, MAX_BATCH_SIZE: '100' });
  const lines = truth.map(({ url, columns }) => `${columns.sku};${url};${columns['2024']}`);
  const { body } = await submit(facet.url, `sku;url;2024\n${lines.join('\n')}`, { fields: { chunk_size: '7' } });
  upload = body.parent_batch_id;
  batches = body.batches.map(({ batch_id }: { batch_id: string }) => batch_id);
  await eventually(
    () => call(facet.url, `/api/v1/batches/parent/${upload}/status`),
    ({ body: status }) => status.status === 'completed',
  );
});

afterAll(async () => {
  await facet.stop();
  await ai.stop();
  await ground.remove();
});

/** All rows of a batch, page after page. */
async function walk(batchId: string, query: string): Promise<any[]> {
  const items = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: Awaited<ReturnType<typeof call>> = await call(
      facet.url,
      `/api/v1/batches/${batchId}/items?${query}&cursor=${cursor}`,
    );
    items.push(...body.items);
    cursor = body.next_cursor;
  }
  return items;
}

const shown = ({ row_number, url, status, error, columns }: any) => ({
  ...{ row_number, url, status, columns },
  error_class: error?.class ?? null,
});

describe('the list of rows', () => {
  it.each([1, 7, 33, 1000])('has every row once and in order, %d at a time', async (limit) => {
    const items = [...(await walk(batches[0]!, `limit=${limit}`)), ...(await walk(batches[1]!, `limit=${limit}`))];
    expect(items.map(shown)).toEqual(truth);
  });

  it('shows what was found, and what was not', async () => {
    const { body } = await call(facet.url, `/api/v1/batches/${batches[0]}/items?limit=5`);
    expect(body.items[0]).toEqual({
      ...{ row_number: 1, url: urlOf(1), status: 'succeeded', attempts: 1, cached: false, error: null },
      result: { seen: urlOf(1) },
      duration: expect.any(Number),
      completed_at: expect.stringMatching(/^\d{4}-.*Z$/),
      columns: truth[0]!.columns,
    });
    expect(body.items[4]).toMatchObject({ result: null, error: { class: 'http_4xx', message: expect.any(String) } });
  });

  it.each([
    ['status=failed', ({ status }: (typeof truth)[0]) => status === 'failed'],
    ['status=succeeded', ({ status }: (typeof truth)[0]) => status === 'succeeded'],
    ['error_class=invalid_url', ({ error_class }: (typeof truth)[0]) => error_class === 'invalid_url'],
    ['status=failed&error_class=http_4xx', ({ error_class }: (typeof truth)[0]) => error_class === 'http_4xx'],
    ['status=pending', () => false],
  ])('is filtered by %s', async (query, wanted) => {
    const items = await walk(batches[0]!, `${query}&limit=3`);
    expect(items.map(shown)).toEqual(truth.slice(0, 100).filter(wanted));
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=nonsense', 'status=done', 'error_class=bad', 'page=2'])(
    'refuses %s',
    async (query) => {
      const answer = await call(facet.url, `/api/v1/batches/${batches[0]}/items?${query}`);
      expectRefusal(answer, 422, 'validation_failed');
    },
  );
});

describe('the export', () => {
  const get = (query: string) => call(facet.url, `/api/v1/batch-data/export?${query}`);

  it('has the rows of all parts, with the columns of the upload', async () => {
    const { headers, body } = await get(`parent_batch_id=${upload}&format=csv`);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="?batches-.*\.csv/);
    const rows: Record<string, string>[] = parse(body, { columns: true, bom: true });
    expect(body.replace('\ufeff', '').split('\r\n', 1)[0]).toBe(
      'batch_id,batch_name,row_number,url,status,attempts,cached,error_class,error_message,duration,completed_at,sku,2024,result',
    );
    expect(rows.map(({ row_number, url, status, error_class }) => [row_number, url, status, error_class])).toEqual(
      truth.map(({ row_number, url, status, error_class }) => [String(row_number), url, status, error_class ?? '']),
    );
    expect(rows[0]).toMatchObject({ batch_id: batches[0], sku: "'=S1", result: JSON.stringify({ seen: urlOf(1) }) });
  });

  it('has the rows of one part that failed', async () => {
    const { body } = await get(`batch_id=${batches[1]}&format=json&status=failed`);
    const rows = typeof body === 'string' ? JSON.parse(body) : body;
    const wanted = truth.slice(100).filter(({ status }) => status === 'failed');
    expect(rows).toMatchObject(wanted.map(({ row_number, columns }) => ({ row_number, ...columns })));
    expect(rows).toHaveLength(wanted.length);
  });

  it('has the rows of all uploads, each with its columns', async () => {
    const other = await submit(facet.url, 'url\nnonsense\n');
    const { body } = await get('format=ndjson');
    const rows = body.trim().split('\n').map((line: string) => JSON.parse(line)); // prettier-ignore
    expect(rows).toHaveLength(ROWS + 1);
    expect(rows[0]).toMatchObject({ row_number: 1, columns: truth[0]!.columns });
    expect(rows.at(-1)).toMatchObject({ batch_id: other.body.batches[0].batch_id, columns: null });
    expect((await get('format=ndjson&to=2020-01-01')).body).toBe('');
    expect((await get('format=ndjson&from=2020-01-01')).body.trim().split('\n')).toHaveLength(ROWS + 1);
  });

  it.each(EXPORT_FORMATS)('sends its headers before the first row is there, as %s', async (format) => {
    const holder = new Client({ connectionString: ground.databaseUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE batch_items');
      const path = `/api/v1/batch-data/export?format=${format}&owner_id=${ADA.id}`;
      const answer = await fetch(facet.url + path, { headers: signedIn(), signal: AbortSignal.timeout(20_000) });
      expect(answer.status).toBe(200);
      await holder.query('ROLLBACK');
      expect((await answer.text()).length).toBeGreaterThan(0);
    } finally {
      await holder.end();
    }
  });

  it.each(['format=xml', 'batch_id=1', 'status=done', 'from=yesterday', 'owner_id=1'])('refuses %s', async (query) => {
    expectRefusal(await get(query), 422, 'validation_failed');
  });
});

it('lists batches by status and name', async () => {
  const { body } = await call(facet.url, '/api/v1/batches?status=completed&q=URLS_part');
  expect(body).toMatchObject({ total: 2, page: 1, per_page: 20, total_pages: 1 });
  expect(body.items.map(({ batch_id }: { batch_id: string }) => batch_id).sort()).toEqual([...batches].sort());
  expect((await call(facet.url, '/api/v1/batches?q=%25')).body.total).toBe(0);
  expectRefusal(await call(facet.url, '/api/v1/batches?status=done'), 422, 'validation_failed');
});
