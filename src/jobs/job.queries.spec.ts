import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { buildJobsByHand, type JobsByHand, kind, MAX_CRASHES, outcome } from '../../test/support/jobs/by-hand.js';
import type { ClaimedJob } from './job.kind.js';
import {
  cancelJob,
  claimJobs,
  finishedBefore,
  finishJobs,
  finishJobsAlone,
  removeJob,
  restartJob,
  saveProgress,
} from './job.queries.js';
import { lostJobs, overdueJobs, rescueJobs } from './rescue.queries.js';
import { removeWorker } from './workers/worker.queries.js';

let jobs: JobsByHand;
let db: EntityManager;
let pool: Pool;

beforeAll(async () => {
  jobs = await buildJobsByHand();
  ({ db, pool } = jobs);
});

afterEach(() => jobs.clear());

afterAll(() => jobs.remove());

describe('a claim', () => {
  it('is given to one of many who want it', async () => {
    const id = await jobs.build();
    const workers = await Promise.all(Array.from({ length: 10 }, () => jobs.hire()));
    const claims = await Promise.all(workers.map((worker) => claimJobs(pool, kind, worker, 5)));
    expect(claims.flat()).toEqual([expect.objectContaining({ id, attempt: 1, crashes: 0, file_type: 'image' })]);
  });

  it('takes those that wait longest, and none that are not due', async () => {
    const ids = [await jobs.build(), await jobs.build(), await jobs.build(), await jobs.build()];
    await db.query(`UPDATE analyses SET run_at = now() + interval '1 min' WHERE id = $1`, [ids[0]]);
    const claims = await claimJobs(pool, kind, await jobs.hire(), 2);
    expect(claims.map(({ id }) => id)).toEqual(ids.slice(1, 3));
  });

  it('is not given for what has ended', async () => {
    await jobs.build();
    const worker = await jobs.hire();
    await jobs.finish(outcome(await jobs.claimed(worker), 'failed'));
    await cancelJob(db, kind, await jobs.build(), 0);
    expect(await claimJobs(pool, kind, worker, 5)).toEqual([]);
  });
});

describe('an end', () => {
  it('comes once, and is recognised by the attempt that made it', async () => {
    const id = await jobs.build();
    const job = await jobs.claimed(await jobs.hire());
    const end = outcome(job, 'completed');
    expect(await finishJobsAlone(pool, kind, [end])).toEqual(new Set([id]));
    expect(await jobs.finish(end)).toBe(false);
    expect(await finishedBefore(pool, kind, [end])).toEqual(new Set([id]));
    expect(await finishedBefore(pool, kind, [{ ...end, attempt: 2 }])).toEqual(new Set());
    await jobs.saveResults(id, '{"image":{}, "text":"é"}');
    expect(await jobs.rowOf(id)).toMatchObject({
      status: 'completed',
      progress: 100,
      results: { image: {}, text: 'é' },
      results_bytes: 25,
    });
  });

  it.each(Array.from({ length: 10 }, (_, round) => round))('is one alone when all want it at once (%i)', async () => {
    const id = await jobs.build();
    const job = await jobs.claimed(await jobs.hire());
    const ends = [
      () => jobs.source.transaction(async (tx) => (await finishJobs(tx, kind, [outcome(job, 'completed')])).has(id)),
      () => jobs.finish(outcome(job, 'failed')),
      async () => (await jobs.source.transaction((tx) => cancelJob(tx, kind, id, 50))) !== null,
      () => jobs.finish(outcome(job, 'queued')),
    ];
    const ended = await Promise.all(ends.sort(() => Math.random() - 0.5).map((end) => end()));
    // Handed back first, it may still be cancelled; everything else ends it.
    expect(ended.filter(Boolean).length).toBeLessThanOrEqual(2);
    const told = await db.query<{ status: string }[]>(
      `SELECT status FROM outbox WHERE subject_id = $1 AND status <> 'processing' ORDER BY id`,
      [id],
    );
    expect(told).toHaveLength(ended.filter(Boolean).length);
    expect(told.at(-1)!.status).toBe((await jobs.rowOf(id)).status);
  });

  it('never shows less progress than was reported', async () => {
    const ends: ((job: ClaimedJob) => Promise<unknown>)[] = [
      (job) => jobs.finish(outcome(job, 'failed', { progress: 70 })),
      (job) => cancelJob(db, kind, job.id, 70),
      (job) => jobs.finish(outcome(job, 'queued', { progress: 70, crashed: true })),
    ];
    for (const end of ends) {
      const id = await jobs.build();
      const job = await jobs.claimed(await jobs.hire());
      await saveProgress(pool, kind, [{ ...job, progress: 60 }]);
      await saveProgress(pool, kind, [{ ...job, progress: 20 }]);
      await end(job);
      expect(await jobs.rowOf(id)).toMatchObject({ progress: 70 });
      await removeJob(db, kind, id);
    }
  });

  it('puts off what is to be tried later, and remembers why', async () => {
    const id = await jobs.build();
    await jobs.finish(
      outcome(await jobs.claimed(await jobs.hire()), 'queued', {
        delaySeconds: 60,
        error_message: 'The disk\0 is full',
      }),
    );
    expect(await jobs.rowOf(id)).toMatchObject({ status: 'queued', crashes: 0, error_message: 'The disk is full' });
    expect(await claimJobs(pool, kind, await jobs.hire(), 1)).toEqual([]);
    expect(await overdueJobs(pool, kind, 0, 10)).toEqual([]);
    await db.query(`UPDATE analyses SET run_at = now() - interval '5 s' WHERE id = $1`, [id]);
    expect(await overdueJobs(pool, kind, 3, 10)).toEqual([{ id, job_id: id, attempts: 1 }]);
  });
});

describe('poison', () => {
  it('is what has taken its worker with it as often as is allowed, and is ended once', async () => {
    const id = await jobs.build();
    for (let crash = 1; crash < MAX_CRASHES; crash++) {
      const worker = await jobs.hire();
      await jobs.claimed(worker);
      expect(await jobs.lose(worker)).toEqual([id]);
      expect(await jobs.rowOf(id)).toMatchObject({ status: 'queued', crashes: crash });
    }
    const worker = await jobs.hire();
    await jobs.claimed(worker);
    await removeWorker(pool, worker);
    const lost = (await lostJobs(pool, kind, 10)).map((job) => ({ ...job, progress: 30 }));
    const ended = await Promise.all(Array.from({ length: 5 }, () => rescueJobs(db, kind, lost)));
    expect(ended.flat()).toMatchObject([{ id, status: 'failed', attempt: MAX_CRASHES }]);
    expect(await jobs.rowOf(id)).toMatchObject({
      status: 'failed',
      crashes: MAX_CRASHES,
      error_code: 'analyzer_crashed',
      progress: 30,
    });
  });

  it('is forgiven when it is started over at its owner’s wish', async () => {
    const id = await jobs.build();
    await jobs.finish(outcome(await jobs.claimed(await jobs.hire()), 'failed', { progress: 80, crashed: true }));
    await jobs.saveProcessingTime(id, 1);
    expect(await restartJob(db, kind, id)).toMatchObject({ id, job_id: `${id}-2` });
    expect(await restartJob(db, kind, id)).toBeNull();
    const anew = { status: 'queued', crashes: 0, progress: 0, error_code: null, processing_time: null };
    expect(await jobs.rowOf(id)).toMatchObject(anew);
    expect(await jobs.claimed(await jobs.hire())).toMatchObject({ attempt: 2, job_id: `${id}-2` });
  });
});
