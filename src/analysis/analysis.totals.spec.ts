import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { seeded } from '../../test/e2e/rows.js';
import { buildJobsByHand, type JobsByHand, kind, outcome } from '../../test/support/jobs/by-hand.js';
import { cancelJob, claimJobs, finishJobs, removeJob, restartJob } from '../jobs/job.queries.js';
import { saveProcessingTime } from './analysis.queries.js';

let jobs: JobsByHand;
let db: EntityManager;
let pool: Pool;

beforeAll(async () => {
  jobs = await buildJobsByHand();
  ({ db, pool } = jobs);
});

afterEach(() => jobs.clear());

afterAll(() => jobs.remove());

it('keeps the totals that counting would give, whatever happens at once', async () => {
  const random = seeded(20251121);
  const ids = await Promise.all(Array.from({ length: 24 }, () => jobs.build()));
  const worker = await jobs.hire();
  const step = async () => {
    const id = ids[Math.floor(random() * ids.length)]!;
    const dice = Math.floor(random() * 8);
    if (dice === 0) await cancelJob(db, kind, id, 0);
    else if (dice === 1) await restartJob(db, kind, id);
    else if (dice === 2 && random() < 0.2) await removeJob(db, kind, id);
    else {
      const [job] = await claimJobs(pool, kind, worker, 1);
      if (!job) return;
      const status = dice < 4 ? 'failed' : dice < 6 ? 'completed' : 'queued';
      await jobs.source.transaction(async (tx) => {
        const accepted = await finishJobs(tx, kind, [outcome(job, status)]);
        if (accepted.size > 0 && status !== 'queued') await saveProcessingTime(tx, job.id, random());
      });
    }
  };
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let steps = 0; steps < 40; steps++) await step();
    }),
  );
  const counted = await db.query(
    `SELECT status, count(*) AS analyses, coalesce(sum(processing_time), 0) AS processing_time FROM analyses GROUP BY 1 ORDER BY 1`,
  );
  const kept = await db.query(
    `SELECT status, sum(analyses)::bigint AS analyses, sum(processing_time) AS processing_time
       FROM analysis_totals GROUP BY 1 HAVING sum(analyses) <> 0 ORDER BY 1`,
  );
  expect(counted.length).toBeGreaterThan(1);
  expect(kept.map(asNumbers)).toEqual(counted.map(asNumbers));
});

const asNumbers = ({ status, analyses, processing_time }: Record<string, string>) => ({
  status,
  analyses: Number(analyses),
  processing_time: Number(processing_time),
});
