import { buildPerson } from '../support/accounts.js';
import { buildJourney, type Journey } from '../support/batches/journey.js';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { eventually } from '../support/facet.js';
import { buildOddServer, type Handler } from '../support/network/odd-server.js';

jest.setTimeout(120_000);

let journey: Journey;

beforeAll(async () => {
  journey = await buildJourney({ OUTBOUND_ALLOW: '127.0.0.0/8' });
});

afterEach(() => {
  journey.ai.latency = 0;
  journey.ai.manner = () => false;
});

afterAll(() => journey.remove());

const callsFor = (batchId: string) =>
  journey.ai.calls.filter(({ idempotency_key }) => idempotency_key.startsWith(batchId));

const itemsOf = async (batchId: string) =>
  (
    await journey.ground.database.query('SELECT * FROM batch_item_states WHERE batch_id = $1 ORDER BY row_number', [
      batchId,
    ])
  ).rows;

it('asks for every row of every part once and keeps what it hears', async () => {
  const { uploadId, batchIds } = await buildUpload(journey.ground.database, { rows: 2500, rowsAPart: 1000 });
  for (const id of batchIds) await journey.ended(id);

  expect(await journey.uploadStatus(uploadId)).toMatchObject({
    status: 'completed',
    total_urls: 2500,
    processed: 2500,
    succeeded: 2500,
    pending: 0,
    progress: 100,
    success_rate: 100,
    batches: [{ total_urls: 1000 }, { total_urls: 1000 }, { total_urls: 500, succeeded: 500, status: 'completed' }],
  });
  expect(journey.ai.calls).toHaveLength(2500);
  const [item] = await itemsOf(batchIds[2]!);
  const url = 'https://images.example.com/2001.jpg';
  expect(item).toMatchObject({
    row_number: 2001,
    url,
    status: 'succeeded',
    attempts: 1,
    cached: false,
    result: { seen: url },
  });
  await expectWhole(journey.ground);
  await expectCallsBounded(journey.ground, journey.ai, 1);
});

it('tries again what is transient, under the same key, and no more often than it may', async () => {
  journey.ai.manner = (call, times, response) => {
    const fault = { 0: 500, 1: 503, 2: times < 3 ? 500 : 0, 3: times < 2 ? 429 : 0, 4: 404 }[call.row_number % 10] ?? 0;
    if (fault === 0) return false;
    response.writeHead(fault).end('no');
    return true;
  };
  const url = `'https://host' || n % 3 || '.example.com/' || n`;
  const { batchIds } = await buildUpload(journey.ground.database, { rows: 100, url });
  const status = await journey.ended(batchIds[0]!);

  expect(status).toMatchObject({ status: 'completed', succeeded: 70, failed: 30, success_rate: 70 });
  expect(status.errors).toEqual([
    { class: 'http_5xx', count: 20 },
    { class: 'http_4xx', count: 10 },
  ]);
  expect(status.hosts.reduce((sum: number, { failed }: { failed: number }) => sum + failed, 0)).toBe(30);
  const items = await itemsOf(batchIds[0]!);
  for (const { row_number, attempts, error_class, host } of items) {
    const [wanted, calls] = { 0: ['http_5xx', 3], 1: ['http_5xx', 3], 2: [null, 3], 3: [null, 2], 4: ['http_4xx', 1] }[
      row_number % 10
    ] ?? [null, 1];
    expect([row_number, error_class, attempts, host]).toEqual([row_number, wanted, calls, undefined]);
    expect(journey.ai.timesByKey().get(`${batchIds[0]}-${row_number}`)).toBe(calls);
  }
  await expectWhole(journey.ground);
});

it('pays for a question once: within a batch, between batches, never between owners', async () => {
  const url = `'https://images.example.com/same-' || n % 30`;
  const first = await buildUpload(journey.ground.database, { rows: 300, url });
  await journey.ended(first.batchIds[0]!);
  expect(callsFor(first.batchIds[0]!)).toHaveLength(30);
  const items = await itemsOf(first.batchIds[0]!);
  expect(items.filter(({ cached }) => cached)).toHaveLength(270);
  expect(items.every(({ url, result }) => result.seen === url)).toBe(true);

  const again = await buildUpload(journey.ground.database, { rows: 60, url });
  expect(await journey.ended(again.batchIds[0]!)).toMatchObject({ status: 'completed', succeeded: 60 });
  expect(callsFor(again.batchIds[0]!)).toHaveLength(0);

  const otherwise = await buildUpload(journey.ground.database, { rows: 60, url, options: { prompt: 'other' } });
  await journey.ended(otherwise.batchIds[0]!);
  expect(callsFor(otherwise.batchIds[0]!)).toHaveLength(30);

  const { id: ownerId } = await buildPerson(journey.ground.database, 'bob');
  const foreign = await buildUpload(journey.ground.database, { rows: 60, url, ownerId });
  await expectWhole(journey.ground);
  expect(callsFor(foreign.batchIds[0]!)).toHaveLength(30);
  expect(await journey.status(foreign.batchIds[0]!)).toMatchObject({ error: { code: 'batch_not_found' } });
});

it('lets ten rows pass a crowd', async () => {
  journey.ai.latency = 100;
  const crowd = await buildUpload(journey.ground.database, {
    rows: 6000,
    rowsAPart: 500,
    url: `'https://crowd.example.com/' || n`,
  });
  while (callsFor(crowd.batchIds[0]!).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const few = await buildUpload(journey.ground.database, { rows: 10, url: `'https://few.example.com/' || n` });
  await journey.ended(few.batchIds[0]!);
  expect((await journey.uploadStatus(crowd.uploadId)).processed).toBeLessThan(3000);
  await journey.post(`parent/${crowd.uploadId}/cancel`);
  await expectWhole(journey.ground);
});

it('serves who can be served and holds no more than it should, however many rows hosts put off', async () => {
  const putOff: Handler = (_request, response) => response.writeHead(429, { 'retry-after': '300' }).end();
  const hosts = await Promise.all([1, 2, 3, 4].map(() => buildOddServer(putOff)));
  for (const { url } of hosts) {
    const rows = { rows: 10_000, chunkSize: 10_000, url: `'${url}/' || n` };
    await buildUpload(journey.ground.database, { ...rows, name: 'put off', analyzer: 'image' });
  }
  const given = 'SELECT count(worker_id)::int AS held FROM batch_chunks WHERE attempt > 0 AND pending > 9000';
  await eventually(
    () => journey.ground.database.query(given + ' HAVING count(*) = 4'),
    ({ rows }) => rows[0]?.held === 3,
  );
  const few = await buildUpload(journey.ground.database, { rows: 10, url: `'https://well.example.com/' || n` });
  await journey.ended(few.batchIds[0]!);
  await journey.ground.database.query(`DELETE FROM batch_uploads WHERE name = 'put off'`);
  await Promise.all(hosts.map((host) => host.close()));
});

it('fails rows that are missing instead of holding their chunk for ever', async () => {
  const { batchIds } = await buildUpload(journey.ground.database, { rows: 30, chunkSize: 10, status: 'paused' });
  await journey.ground.database.query('DELETE FROM batch_items WHERE batch_id = $1 AND row_number BETWEEN 8 AND 25', [
    batchIds[0],
  ]);
  await journey.post(`${batchIds[0]}/resume`);
  expect(await journey.ended(batchIds[0]!)).toMatchObject({
    status: 'completed',
    succeeded: 12,
    failed: 18,
    errors: [{ class: 'analysis_failed', count: 18 }],
  });
});
