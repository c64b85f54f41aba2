import { csvOf, submit } from '../support/batches.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { dial, MULTIPART, MULTIPART_END, partHead, requestHead } from './raw-http.js';
import { expectRefusal, filesOf } from './traces.js';

const TABLES = ['batch_uploads', 'batches', 'batch_chunks', 'batch_items', 'batch_failures', 'idempotency_keys'];

let ground: Ground;
let facet: Facet;
let before: Record<string, number>;

beforeAll(async () => {
  ground = await buildGround();
  // Nothing is worked on, so that what was taken in can be looked at.
  facet = await startFacet(ground, { ROLE: 'api', MAX_UPLOAD_SIZE: '4000000' });
});

beforeEach(async () => {
  before = await counts();
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

async function counts(): Promise<Record<string, number>> {
  const columns = TABLES.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ');
  return (await ground.database.query(`SELECT ${columns}`)).rows[0];
}

const expectNothingNew = async () => {
  expect(await counts()).toEqual(before);
  expect(await filesOf(ground)).toEqual([]);
};

const rowsOf = async (batchId: string) =>
  (
    await ground.database.query(
      'SELECT row_number, problem, url, columns FROM batch_items WHERE batch_id = $1 ORDER BY row_number',
      [batchId],
    )
  ).rows;

const chunksOf = async (batchId: string) =>
  (
    await ground.database.query(
      'SELECT number, first_row, last_row, pending, failed FROM batch_chunks WHERE batch_id = $1 ORDER BY number',
      [batchId],
    )
  ).rows;

describe('splits', () => {
  it('12,500 rows into three parts', async () => {
    const { status, headers, body } = await submit(facet.url, csvOf(12_500), { fields: { batch_name: 'Spring' } });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1/batches/parent/${body.parent_batch_id}/status`);
    expect(body).toMatchObject({ batch_name: 'Spring', total_urls: 12_500, invalid_urls: 0, duplicate_urls: 0 });
    const part = { status: 'queued', total_split_batches: 3, batch_id: expect.any(String) };
    expect(body.batches).toEqual([
      { ...part, batch_name: 'Spring_Part1of3', batch_sequence: 1, total_urls: 5000 },
      { ...part, batch_name: 'Spring_Part2of3', batch_sequence: 2, total_urls: 5000 },
      { ...part, batch_name: 'Spring_Part3of3', batch_sequence: 3, total_urls: 2500 },
    ]);
    const ids = body.batches.map(({ batch_id }: { batch_id: string }) => batch_id);
    const last = await rowsOf(ids[2]);
    expect(last).toHaveLength(2500);
    expect(last[0]).toEqual({
      row_number: 10_001,
      problem: null,
      url: 'https://images.example.com/10001.jpg',
      columns: ['Picture 10001'],
    });
    expect(last.at(-1).row_number).toBe(12_500);
    expect((await chunksOf(ids[1]))[0]).toEqual({
      number: 1,
      first_row: 5001,
      last_row: 5100,
      pending: 100,
      failed: 0,
    });
    expect(await chunksOf(ids[2])).toHaveLength(25);

    const related = await call(facet.url, `/api/v1/batches/related/${ids[1]}`);
    expect(related.body.items.map(({ batch_id }: { batch_id: string }) => batch_id)).toEqual(ids);
    const list = await call(facet.url, `/api/v1/batches?parent_batch_id=${body.parent_batch_id}&q=part2`);
    expect(list.body).toMatchObject({ total: 1, items: [{ batch_id: ids[1], parent_batch_id: body.parent_batch_id }] });
  });

  it('exactly 5000 not at all, and 5001 into two', async () => {
    const exact = await submit(facet.url, csvOf(5000), { filename: 'C:\\exports\\summer.csv' });
    expect(exact.body.batches).toMatchObject([{ batch_name: 'summer', batch_sequence: 1, total_split_batches: 1 }]);
    expect(exact.headers.get('location')).toBe(`/api/v1/batches/${exact.body.batches[0].batch_id}`);
    const more = await submit(facet.url, csvOf(5001));
    expect(more.body.batches.map(({ total_urls }: { total_urls: number }) => total_urls)).toEqual([5000, 1]);
  });
});

describe('keeps', () => {
  it('every row: usable, repeated, and not usable at all', async () => {
    const csv = [
      '\ufeffid;URL;title;title',
      '1; HTTP://Example.com:80/a/../b.jpg#x ;"Red; ""big""\nshoe";',
      '2;http://example.com/b.jpg;é🎉;y;',
      '3;ftp://example.com/c.jpg;;',
      '4;;',
      '5;http://10.0.0.1/d.jpg;x;y;surplus',
      '6;not a url',
    ].join('\r\n');
    const { body } = await submit(facet.url, csv, {
      fields: { chunk_size: '2', analyzer: 'image', features: 'colors' },
    });
    expect(body).toMatchObject({ batch_name: 'urls', total_urls: 6, invalid_urls: 3, duplicate_urls: 1 });
    const id = body.batches[0].batch_id;
    expect(await rowsOf(id)).toEqual([
      { row_number: 1, problem: null, url: 'http://example.com/b.jpg', columns: ['1', 'Red; "big"\nshoe', ''] },
      { row_number: 2, problem: null, url: 'http://example.com/b.jpg', columns: ['2', 'é🎉', 'y'] },
      { row_number: 3, problem: 'invalid_url', url: 'ftp://example.com/c.jpg', columns: ['3', '', ''] },
      { row_number: 4, problem: 'invalid_url', url: '', columns: ['4', ''] },
      { row_number: 5, problem: null, url: 'http://10.0.0.1/d.jpg', columns: ['5', 'x', 'y', 'surplus'] },
      { row_number: 6, problem: 'invalid_url', url: 'not a url', columns: ['6'] },
    ]);
    expect(await chunksOf(id)).toEqual([
      { number: 1, first_row: 1, last_row: 2, pending: 2, failed: 0 },
      { number: 2, first_row: 3, last_row: 4, pending: 0, failed: 2 },
      { number: 3, first_row: 5, last_row: 6, pending: 1, failed: 1 },
    ]);
    const list = await call(facet.url, '/api/v1/batches?per_page=1');
    expect(list.body.items[0]).toMatchObject({
      ...{ batch_id: id, status: 'queued', processed: 3, failed: 3, pending: 3, analyzer: 'image' },
      errors: [{ class: 'invalid_url', count: 3 }],
    });
    const { body: items } = await call(facet.url, `/api/v1/batches/${id}/items?status=failed&limit=1`);
    expect(items).toEqual({
      items: [
        {
          ...{
            row_number: 3,
            url: 'ftp://example.com/c.jpg',
            status: 'failed',
            attempts: 0,
            cached: false,
            result: null,
          },
          error: { class: 'invalid_url', message: expect.any(String) },
          ...{ duration: null, completed_at: expect.stringMatching(/Z$/) },
          columns: { id: '3', title: '', title_2: '', column_5: null },
        },
      ],
      next_cursor: expect.any(String),
    });
  });

  it('an upload without any usable URL as a batch that has failed', async () => {
    const { body } = await submit(facet.url, 'url\nx\ny\n', { fields: { start: 'false' } });
    expect(body).toMatchObject({ invalid_urls: 2, batches: [{ status: 'failed', total_urls: 2 }] });
  });

  it('a batch that is not to start, paused', async () => {
    const { body } = await submit(facet.url, csvOf(2), { fields: { start: 'false' } });
    expect(body.batches[0].status).toBe('paused');
  });

  it('fields wherever they stand in the form', async () => {
    const csv = 'url,image\nhttp://a.example/1,http://b.example/2\n';
    const { body } = await submit(facet.url, csv, {
      after: { url_column: 'image', batch_name: 'Late', start: 'false' },
    });
    expect(body).toMatchObject({ batch_name: 'Late', batches: [{ status: 'paused' }] });
    expect(await rowsOf(body.batches[0].batch_id)).toMatchObject([{ url: 'http://b.example/2' }]);
    const large = await submit(facet.url, csvOf(30_000), {
      after: { batch_name: 'Large and late', chunk_size: '5000' },
    });
    expect(large.body).toMatchObject({ batch_name: 'Large and late', total_urls: 30_000 });
    expect(await chunksOf(large.body.batches[0].batch_id)).toHaveLength(1);
  });
});

describe('refuses', () => {
  it.each([
    ['no header', 'http://a.example/\nhttp://b.example/\n', 'csv_no_url_column'],
    ['no column of URLs', 'id,name\n1,x\n', 'csv_no_url_column'],
    ['a header alone', 'url,name\n', 'csv_empty'],
    ['an empty file', '', 'csv_empty'],
    ['a quote that is never closed', 'url,b\nhttp://a.example/,"x\n', 'csv_malformed'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'csv_malformed'],
    ['a late fault', `${csvOf(40_000)}\xff"\0`, 'csv_malformed'],
  ])('%s', async (_case, csv, code) => {
    const answer = await submit(facet.url, csv);
    expectRefusal(answer, 422, code);
    if (code === 'csv_malformed') expect(answer.body.error.details.line).toBeGreaterThan(0);
    await expectNothingNew();
  });

  it('says on which line a large file is broken', async () => {
    const answer = await submit(facet.url, `${csvOf(40_000)}https://a.example/,"x"y\n`);
    expect(answer.body.error.details).toEqual({ line: 40_002 });
    await expectNothingNew();
  });

  it.each([
    ['chunk_size', { chunk_size: '0' }, ['chunk_size']],
    ['start and dry_run', { start: 'yes', dry_run: '1' }, ['start', 'dry_run']],
    ['analyzer', { analyzer: 'video' }, ['analyzer']],
    ['features', { features: 'smell' }, ['features']],
    ['options', { options: '{"zoom":1}' }, ['options.zoom']],
    ['batch_name', { batch_name: 'x'.repeat(201) }, ['batch_name']],
    ['fields that are not there to be set', { owner_id: 'x', status: 'completed' }, ['owner_id', 'status']],
  ])('wrong %s', async (_case, fields: Record<string, string>, names) => {
    for (const submission of [{ fields }, { after: fields }]) {
      const answer = await submit(facet.url, csvOf(3), submission);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.body.error.details.fields.map(({ field }: { field: string }) => field)).toEqual(names);
    }
    expectRefusal(await submit(facet.url, csvOf(30_000), { after: fields }), 422, 'validation_failed');
    await expectNothingNew();
  });

  it('an analyzer that is not configured', async () => {
    expectRefusal(
      await submit(facet.url, csvOf(3), { fields: { analyzer: 'external' } }),
      422,
      'analyzer_not_configured',
    );
    await expectNothingNew();
  });

  it('a column that is named behind a large file', async () => {
    const answer = await submit(facet.url, csvOf(30_000), { after: { url_column: 'url' } });
    expect(answer.body.error.details.fields).toMatchObject([{ field: 'url_column' }]);
    await expectNothingNew();
  });

  it('what is too large', async () => {
    expectRefusal(await submit(facet.url, csvOf(90_000)), 413, 'file_too_large');
    await expectNothingNew();
  });

  it('a form without a file, and no form', async () => {
    const form = new FormData();
    form.set('batch_name', 'x');
    expect((await fetch(`${facet.url}/api/v1/batches`, { method: 'POST', body: form })).status).toBe(422);
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expect((await fetch(`${facet.url}/api/v1/batches`, json)).status).toBe(415);
    await expectNothingNew();
  });
});

describe('once', () => {
  it('answers the same request again as at first', async () => {
    const send = (csv: string, fields = {}) =>
      submit(facet.url, csv, { fields, headers: { 'Idempotency-Key': 'once' } });
    const first = await send(csvOf(30_000));
    const second = await send(csvOf(30_000));
    expect(second.body).toEqual(first.body);
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expectRefusal(await send(csvOf(30_001)), 422, 'idempotency_key_reused');
    expectRefusal(await send(csvOf(30_000), { start: 'false' }), 422, 'idempotency_key_reused');
    expect((await counts()).batch_uploads).toBe(before.batch_uploads! + 1);
  });
});

/** Begins an upload of more than is held, and leaves it open. */
async function beginUpload() {
  const csv = csvOf(40_000);
  const line = await dial(facet.url);
  await line.write(
    requestHead('POST', '/api/v1/batches', { 'Content-Type': MULTIPART, 'Content-Length': csv.length + 1_000 }),
  );
  await line.write(partHead({ name: 'file', filename: 'urls.csv' }));
  await line.write(csv.slice(0, -100_000));
  return { line, rest: Buffer.concat([Buffer.from(csv.slice(-100_000)), MULTIPART_END]) };
}

/** Connections of Facet that are in the middle of a COPY. */
const copying = async () =>
  (await ground.database.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'`)) // prettier-ignore
  .rowCount!;

it('leaves nothing of an upload that breaks off', async () => {
  const { line } = await beginUpload();
  await eventually(copying, (count) => count === 1);
  line.socket.resetAndDestroy();
  await eventually(copying, (count) => count === 0);
  await expectNothingNew();
  expect((await submit(facet.url, csvOf(3))).status).toBe(202);
});

it('leaves nothing when it is killed in the middle', async () => {
  const { line } = await beginUpload();
  await eventually(copying, (count) => count === 1);
  facet.kill('SIGKILL');
  await eventually(copying, (count) => count === 0);
  line.socket.destroy();
  await expectNothingNew();
  facet = await startFacet(ground, { ROLE: 'api' });
  expect((await submit(facet.url, csvOf(3))).status).toBe(202);
});

it('shows nobody the batches of somebody else', async () => {
  const { body } = await submit(facet.url, csvOf(3));
  const id = body.batches[0].batch_id;
  await ground.database.query('UPDATE batch_uploads SET owner_id = gen_random_uuid() WHERE id = $1', [
    body.parent_batch_id,
  ]);
  await ground.database.query('UPDATE batches SET owner_id = gen_random_uuid() WHERE id = $1', [id]);
  for (const path of [
    `batches/${id}/items`,
    `batches/related/${id}`,
    `batch-data/export?batch_id=${id}`,
    `batch-data/export?parent_batch_id=${body.parent_batch_id}`,
  ]) {
    expectRefusal(await call(facet.url, `/api/v1/${path}`), 404, 'batch_not_found');
  }
  const { body: list } = await call(facet.url, `/api/v1/batches?parent_batch_id=${body.parent_batch_id}`);
  expect(list).toMatchObject({ items: [], total: 0 });
});
