import { startAi, type AiServer } from '../support/batches/ai-server.js';
import { csvOf, submit } from '../support/batches/submit.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';

let ground: Ground;
let ai: AiServer;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  ai = await startAi();
  facet = await startFacet(ground, { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address });
});

afterAll(async () => {
  await facet.stop();
  await ai.stop();
  await ground.remove();
});

const rowsKept = async () =>
  (await ground.database.query(
    'SELECT (SELECT count(*)::int FROM batch_items) AS items, (SELECT count(*)::int FROM batch_uploads) AS uploads',
  )).rows[0]; // prettier-ignore

const dryRun = (csv: string, fields: Record<string, string> = {}, after: Record<string, string> = {}) =>
  submit(facet.url, csv, { fields: { ...fields, dry_run: 'true' }, after });

it('tells what an upload would do, and keeps nothing', async () => {
  const csv = `${csvOf(12_500)}${csvOf(3).split('\n').slice(1).join('\n')}not a url,x\nhttp://127.0.0.1/x,y\n,\n`;
  const { status, body } = await dryRun(csv);
  expect(status).toBe(200);
  expect(body).toEqual({
    total_urls: 12_506,
    valid_urls: 12_504,
    invalid_urls: 2,
    duplicate_urls: 3,
    blocked_urls: 1,
    cached_urls: 0,
    parts: 3,
    estimated_seconds: expect.any(Number),
    problems: [
      { row: 12_504, code: 'invalid_url', value: 'not a url' },
      { row: 12_505, code: 'blocked_address', value: 'http://127.0.0.1/x' },
      { row: 12_506, code: 'invalid_url', value: '' },
    ],
  });
  // 12,500 different URLs that may be asked for, 64 at once, a second each.
  expect(body.estimated_seconds).toBeCloseTo(12_500 / 64, 0);
  expect(await rowsKept()).toEqual({ items: 0, uploads: 0 });
});

it('names the first hundred problems', async () => {
  const { body } = await dryRun(`url\n${'bad\n'.repeat(150)}`);
  expect(body).toMatchObject({ total_urls: 150, invalid_urls: 150, estimated_seconds: 0 });
  expect(body.problems.map(({ row }: { row: number }) => row)).toEqual(
    Array.from({ length: 100 }, (_row, at) => at + 1),
  );
});

it('refuses what the upload would be refused for', async () => {
  expect((await dryRun('url\n')).body.error.code).toBe('csv_empty');
  expect((await dryRun(csvOf(2), { features: 'colors' })).body.error.code).toBe('validation_failed');
});

it('counts what is cached for the same question, and keeps nothing when it is asked late', async () => {
  const { body } = await submit(facet.url, csvOf(200));
  await eventually(
    () => call(facet.url, `/api/v1/batches?parent_batch_id=${body.parent_batch_id}`),
    ({ body: page }) => page.items[0].status === 'completed',
  );
  // As after two workers that asked the same at once.
  await ground.database.query('INSERT INTO batch_cache SELECT * FROM batch_cache');
  const kept = await rowsKept();
  expect((await dryRun(csvOf(300))).body).toMatchObject({ total_urls: 300, cached_urls: 200 });
  expect((await dryRun(csvOf(300), { options: '{"prompt":"other"}' })).body.cached_urls).toBe(0);
  expect((await dryRun(csvOf(300), { analyzer: 'image' })).body.cached_urls).toBe(0);
  const late = await submit(facet.url, csvOf(30_000), { after: { dry_run: 'true' } });
  expect(late).toMatchObject({ status: 200, body: { total_urls: 30_000, cached_urls: 200 } });
  expect(await rowsKept()).toEqual(kept);
});

it('answers the same key again', async () => {
  const headers = { 'Idempotency-Key': 'dry' };
  const first = await submit(facet.url, csvOf(2), { fields: { dry_run: 'true' }, headers });
  const again = await submit(facet.url, csvOf(2), { fields: { dry_run: 'true' }, headers });
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const real = await submit(facet.url, csvOf(2), { headers });
  expect(real.body.error.code).toBe('idempotency_key_reused');
});
