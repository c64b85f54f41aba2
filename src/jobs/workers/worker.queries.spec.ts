import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { buildJobsByHand, type JobsByHand, kind, outcome } from '../../../test/support/jobs/by-hand.js';
import { adoptJobs, claimJobs, finishedBefore, heldJobs, releaseJobs, saveProgress } from '../job.queries.js';
import { lostJobs } from '../rescue.queries.js';
import { removeLostWorkers, removeWorker, renewWorker } from './worker.queries.js';

let jobs: JobsByHand;
let db: EntityManager;
let pool: Pool;

beforeAll(async () => {
  jobs = await buildJobsByHand();
  ({ db, pool } = jobs);
});

afterEach(() => jobs.clear());

afterAll(() => jobs.remove());

describe('a worker', () => {
  it('keeps what it holds while it renews its lease, and loses it when it does not', async () => {
    const id = await jobs.build();
    const worker = await jobs.hire();
    const { attempt } = await jobs.claimed(worker);
    expect(await renewWorker(pool, worker, 60)).toBe(true);
    expect(await removeLostWorkers(db, 0)).toBe(0);
    expect(await heldJobs(pool, kind, worker)).toEqual([{ id, attempt }]);
    await db.query(`UPDATE workers SET lease_until = now() - interval '1 s'`);
    // Nothing counts as lost right after a start of PostgreSQL.
    expect(await removeLostWorkers(db, 1e9)).toBe(0);
    expect(await removeLostWorkers(db, 0)).toBe(1);
    expect(await renewWorker(pool, worker, 60)).toBe(false);
    expect((await lostJobs(pool, kind, 10)).map((job) => job.id)).toEqual([id]);
  });

  it('takes over to its next id what no other has taken', async () => {
    const ids = [await jobs.build(), await jobs.build()];
    const [late, next] = [await jobs.hire(), await jobs.hire()];
    const held = await claimJobs(pool, kind, late, 2);
    await removeWorker(pool, late);
    await db.query('UPDATE analyses SET attempts = 2 WHERE id = $1', [ids[0]]);
    await adoptJobs(pool, kind, next, held);
    expect((await heldJobs(pool, kind, next)).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await jobs.lose(next)).toHaveLength(2);
  });

  it('lets go of what it holds unknowingly', async () => {
    const id = await jobs.build();
    const worker = await jobs.hire();
    const { attempt } = await jobs.claimed(worker);
    await releaseJobs(pool, kind, await jobs.hire(), [{ id, attempt }]);
    expect(await lostJobs(pool, kind, 10)).toEqual([]);
    await releaseJobs(pool, kind, worker, [{ id, attempt }]);
    expect((await lostJobs(pool, kind, 10)).map((job) => job.id)).toEqual([id]);
  });

  it('that was thought lost can neither end nor move the attempt of its successor', async () => {
    const id = await jobs.build();
    const worker = await jobs.hire();
    const late = await jobs.claimed(worker);
    expect(await jobs.lose(worker)).toEqual([id]);
    await jobs.claimed(await jobs.hire());
    const before = await jobs.rowOf(id);
    for (const status of ['completed', 'failed', 'queued'] as const) {
      expect(await jobs.finish(outcome(late, status, { progress: 90 }))).toBe(false);
    }
    await saveProgress(pool, kind, [{ ...late, progress: 90 }]);
    expect(await finishedBefore(pool, kind, [outcome(late, 'completed')])).toEqual(new Set());
    expect(await jobs.rowOf(id)).toEqual(before);
  });

  it('that was thought lost may still end it when it was not taken back', async () => {
    await jobs.build();
    const worker = await jobs.hire();
    const late = await jobs.claimed(worker);
    await removeWorker(pool, worker);
    expect(await jobs.finish(outcome(late, 'completed'))).toBe(true);
  });
});
