import { openUpload } from '../support/batches/open-upload.js';
import { csvOf, submit } from '../support/batches/submit.js';
import { call, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
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

  it('a dry run that is taken back behind a large file', async () => {
    const wishes = { fields: { dry_run: 'true' }, after: { dry_run: 'false' } };
    const answer = await submit(facet.url, csvOf(30_000), wishes);
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields).toMatchObject([{ field: 'dry_run' }]);
    await expectNothingNew();
  });

  it('what is too large', async () => {
    expectRefusal(await submit(facet.url, csvOf(90_000)), 413, 'file_too_large');
    await expectNothingNew();
  });

  it('a form without a file, and no form', async () => {
    const form = new FormData();
    form.set('batch_name', 'x');
    expect(
      (await fetch(`${facet.url}/api/v1/batches`, { method: 'POST', headers: signedIn(), body: form })).status,
    ).toBe(422);
    expect((await call(facet.url, '/api/v1/batches', { method: 'POST', json: {} })).status).toBe(415);
    await expectNothingNew();
  });
});

/** Connections of Facet that are in the middle of a COPY. */
const copying = async () =>
  (await ground.database.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'`)) // prettier-ignore
  .rowCount!;

it('leaves nothing of an upload that breaks off', async () => {
  const { line } = await openUpload(facet.url);
  await eventually(copying, (count) => count === 1);
  line.socket.resetAndDestroy();
  await eventually(copying, (count) => count === 0);
  await expectNothingNew();
  expect((await submit(facet.url, csvOf(3))).status).toBe(202);
});

it('leaves nothing when it is killed in the middle', async () => {
  const { line } = await openUpload(facet.url);
  await eventually(copying, (count) => count === 1);
  facet.kill('SIGKILL');
  await eventually(copying, (count) => count === 0);
  line.socket.destroy();
  await expectNothingNew();
  facet = await startFacet(ground, { ROLE: 'api' });
  expect((await submit(facet.url, csvOf(3))).status).toBe(202);
});
