import { Redis } from 'ioredis';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { cancelJob } from '../../src/jobs/job.queries.js';
import type { JobKind } from '../../src/jobs/job.kind.js';
import { eventually, letLeaseRunOut } from '../support/facet.js';
import type { TrialWorker } from '../support/jobs/start-trial-worker.js';
import { buildKindsStage, type Jobs, type JobRow, type KindCase, KINDS, type KindsStage } from './kinds-stage.js';
import { ask } from './nothing-lost.js';
import { type BreakableServer, buildPostgres, buildRedis } from './servers.js';

// Every kind of job goes through the same stories at the same time: those of the product, and one that only tests know.
jest.setTimeout(180_000);

let postgres: BreakableServer;
let redis: BreakableServer;
let stage: KindsStage;
let worker: TrialWorker;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([buildPostgres(), buildRedis()]);
  stage = await buildKindsStage({ postgres: postgres.url, redis: redis.url });
  worker = await stage.worker();
});

afterAll(async () => {
  await stage.remove();
  await Promise.all([postgres.remove(), redis.remove()]);
});

const is =
  (...statuses: string[]) =>
  ({ status }: JobRow) =>
    statuses.includes(status);

/** Jobs of all kinds whose attempts have begun and wait. */
async function begin(): Promise<Jobs> {
  await stage.hold();
  const jobs = await stage.insertAll();
  await stage.all(jobs, is('processing'));
  return jobs;
}

/** An attempt has ended, and its end is what others see: once. */
async function expectEnd(jobs: Jobs, kind: KindCase, row: Partial<JobRow>, effects = 1): Promise<void> {
  const id = jobs.get(kind)!;
  const forgotten = Object.fromEntries(kind.clears.map((column) => [column, null]));
  expect(await stage.rowOf(kind, id)).toMatchObject({ worker_id: null, ...forgotten, ...row });
  expect(await kind.effects(stage, id)).toBe(effects);
}

const foldersOfAttempts = async (): Promise<string[]> =>
  (await readdir(join(stage.ground.dataDirectory, 'tmp'))).filter((name) => name.startsWith('work-'));

const each = KINDS.map((kind) => [kind.name, kind] as const);

describe('when a worker is killed', () => {
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await begin();
    await worker.remove();
    await stage.release();
    worker = await stage.worker();
    await stage.all(jobs, is('completed'));
  });

  it.each(each)('another does its jobs again, once: %s', (_name, kind) =>
    expectEnd(jobs, kind, { status: 'completed', attempts: 2, crashes: 1 }),
  );
});

describe('when a worker is stopped for longer than its lease', () => {
  const before = new Map<KindCase, JobRow>();
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await begin();
    const sleeper = worker;
    sleeper.kill('SIGSTOP');
    await stage.release();
    worker = await stage.worker();
    await stage.all(jobs, is('completed'));
    for (const [kind, id] of jobs) before.set(kind, await stage.rowOf(kind, id));
    sleeper.kill('SIGCONT');
    await eventually(
      () => Promise.resolve(sleeper.log.filter(({ msg }) => msg === 'Attempt 1 ends: refused').map(({ job }) => job)),
      (refused) => [...jobs.values()].every((id) => refused.includes(id)),
    );
    await sleeper.remove();
  });

  it.each(each)('another does its jobs, and what it writes late is refused: %s', async (_name, kind) => {
    await expectEnd(jobs, kind, { status: 'completed', attempts: 2, crashes: 1 });
    expect(await stage.rowOf(kind, jobs.get(kind)!)).toEqual(before.get(kind));
  });
});

describe('when PostgreSQL is killed in the middle of the finish', () => {
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await begin();
    const blocker = new Client({ connectionString: stage.ground.databaseUrl });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('BEGIN');
    for (const [{ table }, id] of jobs) await blocker.query(`SELECT FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
    await stage.release();
    await eventually(
      () =>
        ask(
          stage.ground,
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%WITH outcome%'`,
        ),
      (waiting) => waiting.length === jobs.size,
    );
    await postgres.kill('SIGKILL');
    await postgres.start();
    await letLeaseRunOut(stage.ground);
    await stage.all(jobs, is('completed'));
  });

  it.each(each)('what was done is kept, and finished once: %s', (_name, kind) =>
    expectEnd(jobs, kind, { status: 'completed', attempts: 1, crashes: 0 }),
  );
});

describe('when Redis is lost', () => {
  let running: Jobs;
  let waiting: Jobs;
  let late: Jobs;

  beforeAll(async () => {
    running = await begin();
    await redis.kill('SIGKILL');
    waiting = await stage.insertAll();
    await stage.release();
    await stage.all(running, is('completed'));
    await stage.all(waiting, is('completed'));
    await redis.start();
    late = await stage.insertAll();
    await stage.all(late, is('completed'));
  });

  it.each(each)('what runs, waits and comes is done at its first attempt: %s', async (_name, kind) => {
    for (const jobs of [running, waiting, late]) {
      await expectEnd(jobs, kind, { status: 'completed', attempts: 1, crashes: 0 });
    }
  });
});

describe('when Redis forgets everything', () => {
  let running: Jobs;
  let announced: Jobs;

  beforeAll(async () => {
    running = await begin();
    announced = await stage.insertAll();
    for (const [kind, id] of announced) await stage.announce(kind, id);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await stage.release();
    await stage.all(running, is('completed'));
    await stage.all(announced, is('completed'));
  });

  it.each(each)('what runs and what was announced is done at its first attempt: %s', async (_name, kind) => {
    for (const jobs of [running, announced]) {
      await expectEnd(jobs, kind, { status: 'completed', attempts: 1, crashes: 0 });
    }
  });
});

describe('when a job has cost as many workers as it may', () => {
  let left: string[];
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await begin();
    for (const [{ maxCrashes, table }, id] of jobs) {
      await ask(stage.ground, `UPDATE ${table} SET crashes = $2 WHERE id = $1`, [id, maxCrashes - 1]);
    }
    await worker.remove();
    left = await foldersOfAttempts();
    await stage.release();
    worker = await stage.worker();
    await stage.all(jobs, is('failed'));
  });

  it('what its attempts have left is removed', async () => {
    expect(left).toHaveLength(2);
    await eventually(foldersOfAttempts, (folders) => folders.length === 0);
  });

  it.each(each)('it is failed as poison, without another attempt: %s', (_name, kind) =>
    expectEnd(jobs, kind, { status: 'failed', attempts: 1, crashes: kind.maxCrashes, error_code: kind.poison }, 0),
  );
});

describe('when a job is cancelled at the moment of its end', () => {
  const ends: { kind: KindCase; id: string }[] = [];

  beforeAll(async () => {
    const source = await new DataSource({ type: 'postgres', url: stage.ground.databaseUrl }).initialize();
    for (const delayMs of [0, 20, 60, 200]) {
      const jobs = await begin();
      await stage.release();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      for (const [{ name, table, clears }, id] of jobs) {
        await source.transaction((db) => cancelJob(db, { name, table, clears } as unknown as JobKind, id, 0));
      }
      await stage.all(jobs, is('completed', 'cancelled'));
      for (const [kind, id] of jobs) ends.push({ kind, id });
    }
    // Nothing is under way any more that might still take effect.
    await stage.all(await stage.insertAll(), is('completed'));
    await source.destroy();
  });

  it.each(each)('it ends in one of both ways, and takes effect only if it was completed: %s', async (_name, kind) => {
    for (const { id } of ends.filter((end) => end.kind === kind)) {
      const { status, attempts } = await stage.rowOf(kind, id);
      expect(attempts).toBe(1);
      const effects = await kind.effects(stage, id);
      // What a mail server has taken cannot be taken back.
      if (status === 'completed' || kind.name !== 'mails')
        expect({ status, effects }).toEqual({ status, effects: status === 'completed' ? 1 : 0 });
    }
  });
});

describe('at a shutdown', () => {
  const handedBack = new Map<KindCase, JobRow>();
  let code: number | null;
  let jobs: Jobs;

  beforeAll(async () => {
    jobs = await begin();
    // A question to PostgreSQL that waits for a lock cannot be broken off, but it cannot last either.
    const unlocked = new Promise((resolve) => setTimeout(resolve, 4_000)).then(() => stage.unlockUsers());
    code = await worker.stop();
    await unlocked;
    for (const [kind, id] of jobs) handedBack.set(kind, await stage.rowOf(kind, id));
    await stage.release();
    worker = await stage.worker();
    await stage.all(jobs, is('completed'));
  });

  it('the worker ends with 0', () => {
    expect(code).toBe(0);
  });

  const unbreakable = 'password-resets';

  it('what cannot be broken off is finished', () =>
    expectEnd(
      jobs,
      KINDS.find(({ name }) => name === unbreakable)!,
      { status: 'completed', attempts: 1 },
    ));

  it.each(each.filter(([name]) => name !== unbreakable))(
    'what runs is handed back, and nothing is counted against it: %s',
    async (_name, kind) => {
      expect(handedBack.get(kind)).toMatchObject({ status: 'queued', attempts: 1, crashes: 0, worker_id: null });
      // What is needed to do it is still there.
      for (const column of kind.clears) expect(handedBack.get(kind)?.[column]).toEqual(expect.any(String));
      await expectEnd(jobs, kind, { status: 'completed', attempts: 2, crashes: 0 });
    },
  );
});
