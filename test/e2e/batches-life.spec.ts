import { setTimeout as delay } from 'node:timers/promises';
import { buildJourney, type Journey } from '../support/batches/journey.js';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { call } from '../support/client.js';
import { eventually } from '../support/facet.js';
import { listen } from './event-stream.js';

jest.setTimeout(120_000);

let journey: Journey;

beforeAll(async () => {
  journey = await buildJourney({ BATCH_CONCURRENCY: '16', CACHE_TTL: '0' });
});

afterEach(() => {
  journey.ai.latency = 0;
  journey.ai.manner = () => false;
});

afterAll(() => journey.remove());

const someCalls = (count: number) => {
  const before = journey.ai.calls.length;
  return eventually(
    () => Promise.resolve(journey.ai.calls.length - before),
    (calls) => calls >= count,
  );
};

/** A second after it was answered nothing more may come. */
async function expectSilence(): Promise<void> {
  await delay(1000);
  const before = journey.ai.calls.length;
  await delay(700);
  expect(journey.ai.calls.length).toBe(before);
}

it('pauses between two rows and goes on where it stopped', async () => {
  journey.ai.latency = 30;
  const {
    batchIds: [id],
  } = await buildUpload(journey.ground.database, { rows: 1500, chunkSize: 50 });
  await someCalls(100);
  expect(await journey.post(`${id}/pause`)).toMatchObject({
    status: 200,
    body: { status: 'paused', eta_seconds: null },
  });
  await expectSilence();
  expect(await journey.post(`${id}/pause`)).toMatchObject({ status: 200, body: { status: 'paused' } });
  const { processed } = await journey.status(id!);
  expect(processed).toBeGreaterThan(50);
  expect(processed).toBeLessThan(1500);

  journey.ai.latency = 0;
  expect((await journey.post(`${id}/resume`)).body.status).toBe('processing');
  expect(await journey.ended(id!)).toMatchObject({ status: 'completed', succeeded: 1500 });
  for (const verb of ['pause', 'resume', 'cancel']) {
    const { status, body } = await journey.post(`${id}/${verb}`);
    expect([status, body.error.code, body.error.details]).toEqual([409, 'batch_conflict', { status: 'completed' }]);
  }
  await expectWhole(journey.ground);
  await expectCallsBounded(journey.ground, journey.ai, 1);
});

it('starts what waits for its start only when it is told', async () => {
  const {
    batchIds: [id],
  } = await buildUpload(journey.ground.database, { rows: 20, status: 'paused' });
  await expectSilence();
  expect(await journey.status(id!)).toMatchObject({ status: 'paused', started_at: null, processed: 0 });
  expect((await journey.post(`${id}/resume`)).status).toBe(200);
  expect(await journey.ended(id!)).toMatchObject({ status: 'completed' });
});

it('cancels at once, keeps what is done, and cannot be talked out of it', async () => {
  journey.ai.latency = 30;
  const { uploadId, batchIds } = await buildUpload(journey.ground.database, {
    rows: 1200,
    rowsAPart: 600,
    chunkSize: 50,
  });
  const stream = await listen(journey.facet.url, `/api/v1/batches/${batchIds[1]}/stream`);
  await someCalls(60);
  const { status, body } = await journey.post(`parent/${uploadId}/cancel`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'cancelled', pending: 0, total_urls: 1200 });
  expect(Number(body.processed) + Number(body.cancelled)).toBe(1200);
  expect(body.cancelled).toBeGreaterThan(0);
  await expectSilence();
  expect(await journey.uploadStatus(uploadId)).toMatchObject({ processed: body.processed, cancelled: body.cancelled });
  expect((await stream.ended).at(-1)).toMatchObject({ event: 'cancelled', data: { batch_id: batchIds[1] } });

  expect((await journey.post(`parent/${uploadId}/cancel`)).status).toBe(200);
  for (const verb of ['pause', 'resume', 'retry'])
    expect((await journey.post(`${batchIds[0]}/${verb}`)).status).toBe(409);
  const { rows } = await journey.ground.database.query(
    'SELECT status, count(*)::int FROM batch_item_states WHERE upload_id = $1 GROUP BY 1 ORDER BY 1',
    [uploadId],
  );
  expect(rows).toEqual([
    { status: 'cancelled', count: body.cancelled },
    { status: 'succeeded', count: body.processed },
  ]);
  await expectWhole(journey.ground);
});

it('works again on what failed, all of it or some classes, and on nothing else', async () => {
  const faults: Record<number, number> = { 1: 404, 2: 501, 3: 410 };
  journey.ai.manner = ({ row_number }, _times, response) => {
    const fault = faults[row_number % 10];
    if (fault) response.writeHead(fault).end();
    return fault !== undefined;
  };
  const { uploadId, batchIds } = await buildUpload(journey.ground.database, {
    rows: 200,
    rowsAPart: 120,
    chunkSize: 30,
  });
  for (const id of batchIds) await journey.ended(id);
  expect(await journey.uploadStatus(uploadId)).toMatchObject({ status: 'completed', succeeded: 140, failed: 60 });
  const before = journey.ai.calls.length;

  journey.ai.manner = () => false;
  expect(await journey.post(`${batchIds[0]}/retry`, { classes: ['http_4xx'] })).toMatchObject({
    status: 202,
    body: { retried: 24 },
  });
  expect(await journey.ended(batchIds[0]!)).toMatchObject({
    succeeded: 108,
    failed: 12,
    errors: [{ class: 'http_5xx', count: 12 }],
  });
  expect(journey.ai.calls.length).toBe(before + 24);
  expect(journey.ai.calls.slice(before).every(({ row_number }) => [1, 3].includes(row_number % 10))).toBe(true);

  expect((await journey.post(`parent/${uploadId}/retry`)).body).toEqual({ retried: 12 + 24 });
  for (const id of batchIds) await journey.ended(id);
  expect(await journey.uploadStatus(uploadId)).toMatchObject({
    status: 'completed',
    succeeded: 200,
    failed: 0,
    errors: [],
    hosts: [],
  });
  expect((await journey.post(`${batchIds[0]}/retry`)).body).toEqual({ retried: 0 });
  expect((await journey.post(`${batchIds[0]}/retry`, { classes: ['nonsense'] })).status).toBe(422);
  const { rows } = await journey.ground.database.query(
    'SELECT sum(attempts)::int AS attempts FROM batch_item_states WHERE upload_id = $1',
    [uploadId],
  );
  expect(rows).toEqual([{ attempts: journey.ai.calls.length - before + 140 + 20 + 20 * 3 + 20 }]);
  await expectWhole(journey.ground);
});

it('tells how far it is until the end, on one stream a batch and one an upload', async () => {
  journey.ai.latency = 20;
  const { uploadId, batchIds } = await buildUpload(journey.ground.database, { rows: 600, rowsAPart: 300 });
  const streams = await Promise.all(
    [`batches/${batchIds[0]}`, `batches/parent/${uploadId}`].map((path) =>
      listen(journey.facet.url, `/api/v1/${path}/stream`),
    ),
  );
  for (const stream of streams) {
    const events = await stream.ended;
    const heard = events.map(({ data }) => data.processed as number);
    expect(heard).toEqual([...heard].sort((one, other) => one - other));
    expect(heard.length).toBeGreaterThan(1);
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true);
    expect(events.at(-1)).toMatchObject({ event: 'completed', data: { status: 'completed', progress: 100 } });
  }
});

it('removes a batch at once and sweeps its rows away, whatever is under way', async () => {
  journey.ai.latency = 50;
  const { uploadId, batchIds } = await buildUpload(journey.ground.database, {
    rows: 2000,
    rowsAPart: 1000,
    chunkSize: 50,
  });
  await someCalls(40);
  const remove = (path: string) => call(journey.facet.url, `/api/v1/batches/${path}`, { method: 'DELETE' });
  expect((await remove(batchIds[0]!)).status).toBe(204);
  expect((await remove(batchIds[0]!)).status).toBe(404);
  expect((await journey.uploadStatus(uploadId)).total_urls).toBe(1000);
  expect((await remove(`parent/${uploadId}`)).status).toBe(204);
  expect((await call(journey.facet.url, `/api/v1/batches/parent/${uploadId}/status`)).status).toBe(404);
  await expectSilence();
  const left = async () => {
    const { rows } = await journey.ground.database.query(
      `SELECT (SELECT count(*) FROM batch_items WHERE batch_id = ANY ($1)) + (SELECT count(*) FROM batch_results WHERE batch_id = ANY ($1))
            + (SELECT count(*) FROM batch_failures WHERE scope_id = ANY ($1) OR scope_id = $2)
            + (SELECT count(*) FROM batch_uploads WHERE id = $2) + (SELECT count(*) FROM batch_removals) AS left`,
      [batchIds, uploadId],
    );
    return Number(rows[0].left);
  };
  await eventually(left, (count) => count === 0);
  await expectWhole(journey.ground);
});
