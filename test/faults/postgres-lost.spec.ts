import { Client } from 'pg';
import { call, ended, send, signedIn } from '../support/client.js';
import { eventually, type Facet, letLeaseRunOut } from '../support/facet.js';
import { holdFinishes } from './hold-finishes.js';
import { ask, expectNothingLost } from './nothing-lost.js';
import { type BreakableServer, buildPostgres } from './servers.js';
import { buildStage, expectNeverFalling, progressReaches, type Stage, watchProgress } from './stage.js';
import { expectScenes, film } from './videos.js';

jest.setTimeout(120_000);

let postgres: BreakableServer;
let stage: Stage;
const accepted: string[] = [];

beforeAll(async () => {
  postgres = await buildPostgres();
  stage = await buildStage({ postgres: postgres.url }, { MIGRATE: 'true' });
});

afterEach(() => stage.dismissWorkers());

afterAll(async () => {
  await stage.remove();
  await postgres.remove();
});

const sendFilm = async () => {
  const id = await stage.sendFilm();
  accepted.push(id);
  return id;
};

const readiness = async (facets: Facet[], wanted: number): Promise<void> => {
  for (const { url } of facets)
    await eventually(
      () => call(url, '/health/ready'),
      ({ status }) => status === wanted,
      10,
    );
};

/** Holds a table so that whoever wants to write into it waits; ends with the server. */
async function holdTable(table: string): Promise<void> {
  const client = new Client({ connectionString: stage.ground.databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN SHARE MODE`);
}

const waitingFor = (statement: string): Promise<unknown[]> =>
  ask(stage.ground, `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`, [
    `${statement}%`,
  ]);

it('keeps what is finished while PostgreSQL is killed in the middle of it, and finishes it once', async () => {
  const worker = await stage.worker(8);
  const id = await sendFilm();
  const watch = watchProgress(stage.api, id);
  const stream = await fetch(`${stage.api.url}/api/v1/progress/${id}/stream`, { headers: signedIn() });
  await progressReaches(stage.api, id, 30);
  await holdFinishes(stage.ground);
  await eventually(
    () => waitingFor('UPDATE files'),
    (found) => found.length === 1,
    30,
  );

  await postgres.kill('SIGKILL');
  await readiness([stage.api, worker], 503);
  for (const answer of [
    await call(stage.api.url, `/api/v1/results/${id}`),
    await call(stage.api.url, '/api/v1/results'),
    await call(stage.api.url, `/api/v1/progress/${id}`),
    await send(stage.api.url, await film()),
  ]) {
    expect(answer.status).toBe(503);
    expect(answer.body.error).toEqual({
      code: 'dependency_unavailable',
      message: expect.any(String),
      details: null,
      request_id: expect.any(String),
    });
  }
  // A stream that cannot go on breaks off, so that its reader comes back, and takes nothing else with it.
  await expect(stream.text()).rejects.toThrow();
  await postgres.start();
  await readiness([stage.api, worker], 200);

  const row = await ended(stage.api.url, id);
  expect(row).toMatchObject({ status: 'completed', attempts: 1 });
  expectScenes(row);
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('claims again what it was about to claim when PostgreSQL was stopped at once', async () => {
  const ids = [await sendFilm(), await sendFilm(), await sendFilm()];
  await holdTable('analyses');
  const worker = await stage.worker(12);
  await eventually(
    () => waitingFor('%UPDATE analyses'),
    (found) => found.length === 1,
    30,
  );

  await postgres.kill('SIGQUIT');
  await readiness([stage.api, worker], 503);
  await postgres.start();
  await readiness([stage.api, worker], 200);

  for (const id of ids) expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 1 });
  await expectNothingLost(stage.ground, accepted);
});

it('goes on with what it works at though PostgreSQL is away for longer than a lease', async () => {
  await stage.worker(1);
  const id = await sendFilm();
  await progressReaches(stage.api, id, 5);
  await postgres.kill('SIGKILL');
  // As long as the server is away nobody can renew; that the lease has run out is what the next start finds.
  await postgres.start();
  await letLeaseRunOut(stage.ground);

  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 1 });
  expect(await ask(stage.ground, 'SELECT crashes FROM analyses WHERE id = $1', [id])).toEqual([{ crashes: 0 }]);
  await expectNothingLost(stage.ground, accepted);
});

it('ends in an orderly way while PostgreSQL is away, and leaves the film to the next worker', async () => {
  const leaving = await stage.worker(1);
  const id = await sendFilm();
  await progressReaches(stage.api, id, 5);
  await postgres.kill('SIGKILL');
  expect(await leaving.stop()).toBe(0);

  await postgres.start();
  await letLeaseRunOut(stage.ground);
  await stage.worker(12);
  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 2 });
  await expectNothingLost(stage.ground, accepted);
});
