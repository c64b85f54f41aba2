import { csvOf, submit } from '../support/batches/submit.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  // Nothing is worked on, so that what was taken in can be looked at.
  facet = await startFacet(ground, { ROLE: 'api' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

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

describe('once', () => {
  it('answers the same request again as at first', async () => {
    const send = (csv: string, fields = {}) =>
      submit(facet.url, csv, { fields, filename: 'again.csv', headers: { 'Idempotency-Key': 'once' } });
    const first = await send(csvOf(30_000));
    const second = await send(csvOf(30_000));
    expect(second.body).toEqual(first.body);
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expectRefusal(await send(csvOf(30_001)), 422, 'idempotency_key_reused');
    expectRefusal(await send(csvOf(30_000), { start: 'false' }), 422, 'idempotency_key_reused');
    const { rows } = await ground.database.query(
      `SELECT count(*)::int AS uploads, sum(total_urls)::int AS rows FROM batch_uploads WHERE name = 'again'`,
    );
    expect(rows).toEqual([{ uploads: 1, rows: 30_000 }]);
  });
});
