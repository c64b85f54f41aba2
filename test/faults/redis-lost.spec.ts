import { Redis } from 'ioredis';
import { buildPerson } from '../support/accounts.js';
import { call, ended } from '../support/client.js';
import { eventually, type Facet } from '../support/facet.js';
import { expectNothingLost } from './nothing-lost.js';
import { processes } from './processes.js';
import { type BreakableServer, buildRedis } from './servers.js';
import { buildStage, expectNeverFalling, progressReaches, type Stage, watchProgress } from './stage.js';
import { expectScenes } from './videos.js';

jest.setTimeout(120_000);

let redis: BreakableServer;
let stage: Stage;
const accepted: string[] = [];

beforeAll(async () => {
  redis = await buildRedis();
  stage = await buildStage({ redis: redis.url });
});

afterEach(() => stage.dismissWorkers());

afterAll(async () => {
  await stage.remove();
  await redis.remove();
});

const sendFilm = async () => {
  const id = await stage.sendFilm();
  accepted.push(id);
  return id;
};

const isReady = async ({ url }: Facet): Promise<number> => (await call(url, '/health/ready')).status;

it('finishes all that runs, waits and comes while Redis is killed and away, each at the first attempt', async () => {
  const worker = await stage.worker(4);
  const ids = [await sendFilm(), await sendFilm(), await sendFilm()];
  const watch = watchProgress(stage.api, ids[0]!);
  await progressReaches(stage.api, ids[0]!, 25);

  await redis.kill('SIGKILL');
  for (const facet of [stage.api, worker])
    await eventually(
      () => isReady(facet),
      (status) => status === 503,
      10,
    );
  ids.push(await sendFilm());
  const away = await call(stage.api.url, '/health/ready');
  expect(away.body.details).toMatchObject({ redis: { status: 'down' }, postgres: { status: 'up' } });
  const as = await buildPerson(stage.ground.database, 'root', 'admin');
  const board = await call(stage.api.url, '/admin/queues', { as, headers: { Accept: 'application/json' } });
  expect(board.status).toBe(200);
  expect(board.body.items).toHaveLength(4);
  for (const { rows, jobs } of board.body.items)
    expect({ rows, jobs }).toEqual({ rows: expect.any(Object), jobs: null });
  await redis.start();
  for (const facet of [stage.api, worker])
    await eventually(
      () => isReady(facet),
      (status) => status === 200,
      10,
    );

  for (const id of ids) {
    const row = await ended(stage.api.url, id);
    expect(row).toMatchObject({ status: 'completed', attempts: 1 });
    expectScenes(row);
  }
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('finishes all that runs and waits when Redis forgets everything', async () => {
  await stage.worker(6);
  const ids = [await sendFilm(), await sendFilm(), await sendFilm(), await sendFilm()];
  const watch = watchProgress(stage.api, ids[0]!);
  await progressReaches(stage.api, ids[0]!, 25);

  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();

  for (const id of ids) expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 1 });
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('takes and cancels work while Redis does not answer, and is ready again once it does', async () => {
  const worker = await stage.worker(2);
  const unwanted = await sendFilm();
  await progressReaches(stage.api, unwanted, 5);
  await redis.kill('SIGSTOP');
  try {
    await eventually(
      () => isReady(worker),
      (status) => status === 503,
      10,
    );
    const path = `/api/v1/analyses/${unwanted}/cancel`;
    expect(await call(stage.api.url, path, { method: 'POST' })).toMatchObject({
      status: 200,
      body: { status: 'cancelled', attempts: 1 },
    });
    // Nobody can tell the worker; it sees when it renews its lease.
    await eventually(
      () => Promise.resolve(processes().filter(({ command }) => command.includes(unwanted))),
      (left) => left.length === 0,
    );
    await sendFilm();
  } finally {
    await redis.kill('SIGCONT');
  }
  for (const facet of [stage.api, worker])
    await eventually(
      () => isReady(facet),
      (status) => status === 200,
      10,
    );
  await expectNothingLost(stage.ground, accepted);
});

it('comes and goes in an orderly way while Redis is away', async () => {
  const leaving = await stage.worker(1);
  const id = await sendFilm();
  await progressReaches(stage.api, id, 5);
  await redis.kill('SIGKILL');
  expect(await leaving.stop()).toBe(0);

  const late = await stage.worker(12);
  expect(await isReady(late)).toBe(503);
  await redis.start();

  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 2 });
  // Who came late hears of events too, and not only of rings.
  const client = new Redis(redis.url);
  expect(await client.pubsub('NUMSUB', 'facet:events')).toEqual(['facet:events', 2]);
  client.disconnect();
  await expectNothingLost(stage.ground, accepted);
});
