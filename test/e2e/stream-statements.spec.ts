import { setTimeout as delay } from 'node:timers/promises';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildStatementCounter, type StatementCounter } from '../support/statement-counter.js';
import { listen, type Listening } from './event-stream.js';
import { buildRow, idOf, insertRows } from './rows.js';

/** Milliseconds of rest: a stream that reads by itself every few seconds would be seen. */
const REST_MS = 5_000;

let ground: Ground;
let counter: StatementCounter;
let facet: Facet;
let open: Listening[];

beforeAll(async () => {
  ground = await buildGround();
  counter = await buildStatementCounter(ground.databaseUrl);
  facet = await startFacet({ ...ground, databaseUrl: counter.url }, { ROLE: 'api' });
});

beforeEach(() => {
  open = [];
});

afterEach(() => {
  for (const stream of open) stream.close();
});

afterAll(async () => {
  expect(await facet.stop()).toBe(0);
  counter.close();
  await ground.remove();
});

async function openStreams(id: string, count: number): Promise<Listening[]> {
  const streams = await Promise.all(
    Array.from({ length: count }, () => listen(facet.url, `/api/v1/progress/${id}/stream`)),
  );
  open.push(...streams);
  await eventually(
    () => Promise.resolve(streams),
    (all) => all.every(({ events }) => events.length > 0),
  );
  return streams;
}

const about = (statements: readonly string[], words: RegExp) => statements.filter((text) => words.test(text));

/** Reads of the state of one analysis. */
const READS = /elapsed_time.+FROM analyses/s;

it('sees the statements of a read', async () => {
  await insertRows(ground, [buildRow('seen', { status: 'processing' })]);
  const before = counter.statements.length;
  expect((await call(facet.url, `/api/v1/progress/${idOf('seen')}`)).status).toBe(200);
  expect(about(counter.statements.slice(before), READS)).toHaveLength(1);
});

it('open streams at rest execute no statement, and a change is read once for all who watch', async () => {
  const [many, few] = [idOf('many'), idOf('few')];
  await insertRows(ground, [
    buildRow('many', { status: 'processing' }),
    buildRow('few', { status: 'queued', created_at: '2025-03-30T13:00:00.000Z' }),
    buildRow('ahead', { status: 'queued' }),
  ]);
  await openStreams(few, 1);
  const streams = await openStreams(many, 40);
  await delay(500);

  const before = counter.statements.length;
  await delay(REST_MS);
  expect(about(counter.statements.slice(before), /analyses|users|sessions/)).toEqual([]);

  await ground.redis.publish('facet:events', JSON.stringify({ type: 'analysis.progress', id: idOf('other') }));
  await ground.database.query('UPDATE analyses SET progress = 50 WHERE id = $1', [many]);
  await ground.redis.publish('facet:events', JSON.stringify({ type: 'analysis.progress', id: many }));
  await eventually(
    () => Promise.resolve(streams),
    (all) => all.every(({ events }) => events.at(-1)!.data.progress === 50),
  );
  expect(about(counter.statements.slice(before), READS)).toHaveLength(1);
});

it('one that waits is read again when the queue moves', async () => {
  await insertRows(ground, [
    buildRow('first', { status: 'queued', created_at: '2024-01-01T00:00:00.000Z' }),
    buildRow('second', { status: 'queued', created_at: '2024-01-02T00:00:00.000Z' }),
  ]);
  const [stream] = await openStreams(idOf('second'), 1);
  await ground.database.query('DELETE FROM analyses WHERE id = $1', [idOf('first')]);
  await ground.redis.publish('facet:events', JSON.stringify({ type: 'analysis.started', id: idOf('first') }));
  await eventually(
    () => Promise.resolve(stream!.events.map(({ data }) => data.queue_position)),
    (positions) => positions.join() === '2,1',
  );
});
