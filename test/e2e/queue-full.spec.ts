import { call, send } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { dial, MULTIPART, requestHead } from './raw-http.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

const QUEUE_SIZE = 5;

let ground: Ground;
let facet: Facet;
let picture: Buffer;

beforeAll(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
  // Nothing is consumed, so the queue stays as full as it is made.
  facet = await startFacet(ground, { ROLE: 'api', QUEUE_SIZE: String(QUEUE_SIZE) });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const waiting = () => ground.database.query(`SELECT id FROM analyses WHERE status = 'queued' ORDER BY queued_at, id`);

it('lets 20 concurrent uploads fill the queue and not overfill it', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(facet.url, picture)));
  const accepted = answers.filter(({ status }) => status === 202);
  expect(accepted.map(({ body }) => body.queue_position).sort()).toEqual([1, 2, 3, 4, 5]);
  for (const answer of answers.filter(({ status }) => status !== 202)) {
    expectRefusal(answer, 429, 'queue_full');
    expect(answer.body.error.details).toEqual({ limit: QUEUE_SIZE });
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
  expect(await countRows(ground)).toBe(QUEUE_SIZE);
  expect(await filesOf(ground)).toHaveLength(QUEUE_SIZE);
});

it('says so before the file has been sent', async () => {
  const line = await dial(facet.url);
  await line.write(
    requestHead('POST', '/api/v1/analyze', { 'Content-Type': MULTIPART, 'Content-Length': 100_000_000 }),
  );
  expectRefusal(await line.answer(), 429, 'queue_full');
  line.socket.destroy();
});

it('tells every waiting analysis its place', async () => {
  const { rows } = await waiting();
  const places = await Promise.all(
    rows.map(async ({ id }) => (await call(facet.url, `/api/v1/progress/${id}`)).body.queue_position),
  );
  expect(places).toEqual([1, 2, 3, 4, 5]);
});

it('moves up and has room when one is cancelled', async () => {
  const { rows } = await waiting();
  await call(facet.url, `/api/v1/analyses/${rows[1].id}/cancel`, { method: 'POST' });
  expect((await call(facet.url, `/api/v1/progress/${rows[2].id}`)).body.queue_position).toBe(2);
  expect((await call(facet.url, `/api/v1/progress/${rows[1].id}`)).body.queue_position).toBeNull();

  const { status, body } = await send(facet.url, picture);
  expect(status).toBe(202);
  expect(body.queue_position).toBe(QUEUE_SIZE);
});

it('has no room for a retry either, until one is gone', async () => {
  const { rows } = await ground.database.query(`SELECT id FROM analyses WHERE status = 'cancelled'`);
  const retry = () => call(facet.url, `/api/v1/analyses/${rows[0].id}/retry`, { method: 'POST' });
  expectRefusal(await retry(), 429, 'queue_full');
  const queue = await waiting();
  await call(facet.url, `/api/v1/analyses/${queue.rows[0].id}`, { method: 'DELETE' });
  expect(await retry()).toMatchObject({ status: 202, body: { status: 'queued' } });
  expectRefusal(await send(facet.url, picture), 429, 'queue_full');
});

it('says of what cannot be tried again that it cannot, full or not', async () => {
  const { rows } = await waiting();
  const answer = await call(facet.url, `/api/v1/analyses/${rows[0].id}/retry`, { method: 'POST' });
  expectRefusal(answer, 409, 'analysis_not_retryable');
});

it('never overfills by retries and uploads at the same time', async () => {
  const { rows } = await waiting();
  await Promise.all(
    rows.slice(0, 3).map(({ id }) => call(facet.url, `/api/v1/analyses/${id}/cancel`, { method: 'POST' })),
  );
  const answers = await Promise.all([
    ...rows.slice(0, 3).map(({ id }) => call(facet.url, `/api/v1/analyses/${id}/retry`, { method: 'POST' })),
    ...Array.from({ length: 5 }, () => send(facet.url, picture)),
  ]);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
  expect((await waiting()).rowCount).toBe(QUEUE_SIZE);
});
