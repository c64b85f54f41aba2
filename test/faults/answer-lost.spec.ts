import { DataSource } from 'typeorm';
import { isDatabaseAway } from '../../src/platform/database/database-errors.js';
import { ended, send } from '../support/client.js';
import { ask, expectNothingLost } from './nothing-lost.js';
import { buildSeveringProxy, type SeveringProxy } from './severing-proxy.js';
import { buildStage, type Stage } from './stage.js';
import { expectScenes, film, scenesAlone } from './videos.js';

jest.setTimeout(120_000);

let proxy: SeveringProxy;
let stage: Stage;
const accepted: string[] = [];

beforeAll(async () => {
  stage = await buildStage();
  proxy = await buildSeveringProxy(stage.ground.databaseUrl);
});

afterEach(() => stage.dismissWorkers());

afterAll(async () => {
  await stage.remove();
  proxy.close();
});

/** Words of the statement that writes what attempts came to. */
const FINISH = 'UPDATE analyses AS job\n     SET status = o.status';

/** A worker that reaches PostgreSQL through the proxy. */
const startWorker = () => stage.worker(12, { DATABASE_URL: proxy.url });

const sendFilm = async () => {
  const id = await stage.sendFilm();
  accepted.push(id);
  return id;
};

it.each([
  ['the connection breaks before the results arrive', 'before', FINISH],
  ['the connection breaks in the middle of the finish', 'before', `SET state = 'stored'`],
  ['the connection breaks before the commit', 'before', 'COMMIT'],
  ['only the answer to the commit is lost', 'after', 'COMMIT'],
] as const)('finishes once when %s', async (_case, moment, words) => {
  await startWorker();
  const severed = proxy.sever(moment, words, words === 'COMMIT' ? `SET state = 'stored'` : '');
  const id = await sendFilm();
  await severed;

  const row = await ended(stage.api.url, id);
  expect(row).toMatchObject({ status: 'completed', attempts: 1 });
  expectScenes(row);
  await expectNothingLost(stage.ground, accepted);
});

it('does the work though the answer to its claim is lost', async () => {
  const severed = proxy.sever('after', `SET status = 'processing'`);
  await startWorker();
  const id = await sendFilm();
  await severed;

  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 2 });
  await expectNothingLost(stage.ground, accepted);
});

it('loses no file whose acceptance was committed unheard, and keeps none that was not', async () => {
  const api = await stage.worker(12, { ROLE: 'all', DATABASE_URL: proxy.url });
  for (const [moment, words] of [
    ['after', 'COMMIT'],
    ['before', 'INSERT INTO "analyses"'],
  ] as const) {
    const severed = proxy.sever(moment, words, 'INSERT INTO "analyses"');
    const refused = await send(api.url, await film(), scenesAlone);
    await severed;
    expect(refused.status).toBe(503);
    expect(refused.body.error.code).toBe('dependency_unavailable');
  }
  const known = await ask<{ id: string }>(stage.ground, 'SELECT id FROM analyses WHERE NOT id = ANY($1)', [accepted]);
  expect(known).toHaveLength(1);
  accepted.push(known[0]!.id);
  await expectNothingLost(stage.ground, accepted);
});

it('knows a connection that broke between two statements for what it is', async () => {
  const source = await new DataSource({ type: 'postgres', url: stage.ground.databaseUrl }).initialize();
  const broken = source.transaction(async (db) => {
    const [{ pid }] = await db.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
    const gone = new Promise((heard) => (db.queryRunner as any).databaseConnection.once('end', heard));
    await ask(stage.ground, 'SELECT pg_terminate_backend($1)', [pid]);
    await gone;
    await db.query('SELECT 1');
  });
  const error: unknown = await broken.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseAway(error)).toBe(true);
  await source.destroy();
});
