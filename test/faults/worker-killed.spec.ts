import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ended } from '../support/client.js';
import { eventually, letLeaseRunOut } from '../support/facet.js';
import { holdFinishes } from './hold-finishes.js';
import { ask, expectNothingLost } from './nothing-lost.js';
import { analyzersOf, groupOf, processes } from './processes.js';
import { buildStage, expectNeverFalling, progressReaches, type Stage, watchProgress } from './stage.js';
import { expectScenes } from './videos.js';

jest.setTimeout(120_000);

let stage: Stage;
const accepted: string[] = [];

beforeAll(async () => {
  stage = await buildStage();
});

afterEach(() => stage.dismissWorkers());

afterAll(() => stage.remove());

const sendFilm = async () => {
  const id = await stage.sendFilm();
  accepted.push(id);
  return id;
};

const filesOf = (id: string) => readdir(join(stage.ground.dataDirectory, 'files', id.slice(-3), id));

it('does a film again, once, whose worker was killed in the middle, and its progress never falls', async () => {
  const worker = await stage.worker(3);
  const id = await sendFilm();
  const watch = watchProgress(stage.api, id);
  await progressReaches(stage.api, id, 30);
  const analyzers = analyzersOf(worker.process.pid!);

  worker.kill('SIGKILL');
  // Nobody is left who would stop them: they have to notice by themselves.
  await eventually(
    async () => Promise.resolve(analyzers.flatMap(({ pid }) => groupOf(pid))),
    (left) => left.length === 0,
    5,
  );
  await stage.worker(12);

  const row = await ended(stage.api.url, id);
  expect(row).toMatchObject({ status: 'completed', attempts: 2, progress: 100, error: null });
  expectScenes(row);
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('keeps no file of an attempt whose worker was killed while it finished', async () => {
  const worker = await stage.worker(12);
  const blocker = await holdFinishes(stage.ground);
  const id = await sendFilm();
  await eventually(
    () =>
      ask(
        stage.ground,
        `SELECT pid FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE 'UPDATE files%'`,
      ),
    (waiting) => waiting.length === 1,
  );
  expect(await filesOf(id)).toContain('attempt-1');

  worker.kill('SIGKILL');
  await blocker.end();
  await letLeaseRunOut(stage.ground);
  await stage.worker(12);

  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed', attempts: 2 });
  await expectNothingLost(stage.ground, accepted);
  expect((await filesOf(id)).sort()).toEqual(['attempt-2', 'source']);
});

it('refuses the late finish of a worker that slept through its lease', async () => {
  const sleeper = await stage.worker(4);
  const id = await sendFilm();
  const watch = watchProgress(stage.api, id);
  await progressReaches(stage.api, id, 20);
  sleeper.kill('SIGSTOP');
  await letLeaseRunOut(stage.ground);
  await stage.worker(12);
  const first = await ended(stage.api.url, id);

  sleeper.kill('SIGCONT');
  await eventually(
    async () => Promise.resolve(sleeper.log),
    (log) => log.some(({ msg }) => msg === 'Attempt 1 ends: refused'),
  );

  expect(await ended(stage.api.url, id)).toEqual(first);
  expect(first).toMatchObject({ status: 'completed', attempts: 2 });
  expectScenes(first);
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('hands its work on at SIGTERM, ends with 0 and leaves nothing running', async () => {
  const leaving = await stage.worker(0.5);
  const ids = [await sendFilm(), await sendFilm(), await sendFilm()];
  await progressReaches(stage.api, ids[0]!, 6);
  await progressReaches(stage.api, ids[1]!, 6);
  const analyzers = analyzersOf(leaving.process.pid!);
  expect(analyzers).toHaveLength(2);

  const asked = performance.now();
  expect(await leaving.stop()).toBe(0);
  expect(performance.now() - asked).toBeLessThan(25_000);
  expect(analyzers.flatMap(({ pid }) => groupOf(pid))).toEqual([]);
  expect(processes().filter(({ parent }) => parent === leaving.process.pid)).toEqual([]);

  await stage.worker(12);
  for (const id of ids) expectScenes(await ended(stage.api.url, id));
  // A shutdown is nobody's fault: it does not count as a crash.
  const crashes = await ask(stage.ground, 'SELECT crashes FROM analyses WHERE id = ANY($1)', [ids]);
  expect(crashes).toEqual([{ crashes: 0 }, { crashes: 0 }, { crashes: 0 }]);
  await expectNothingLost(stage.ground, accepted);
});
