import { type Figures, takeTurns } from '../figures.js';
import { startGround } from '../product.js';
import type { Workbench } from '../workbench.js';

const JOBS = 5_000;

/** What both sides are asked: so many jobs, from the first insert until PostgreSQL holds that all are done. */
export interface JobsQuestion {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly jobs: number;
  /** Jobs that are worked on at once. */
  readonly concurrency: number;
  /** Jobs that are inserted by one statement. */
  readonly together: number;
}

/** Jobs a second through their whole life, of a kind that exists only here, against graphile-worker on the same database. */
export async function jobKindsBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, database } = await startGround(bench);
  await database.query(`CREATE TABLE bench_jobs (id uuid PRIMARY KEY, number integer NOT NULL);
                        SELECT add_job_kind('bench-jobs', 'bench_jobs')`);
  const core = bench.partner('jobs/core-jobs.ts');
  const graphile = bench.partner('jobs/graphile-jobs.ts');
  const question: JobsQuestion = { databaseUrl, redisUrl, jobs: JOBS, concurrency: 16, together: 500 };
  const jobsPerSecond = async (partner: typeof core) =>
    JOBS / (await partner.ask<{ seconds: number }>(question)).seconds;
  const { ours, reference } = await takeTurns(
    30,
    () => jobsPerSecond(core),
    () => jobsPerSecond(graphile),
  );
  return {
    name: 'job-kinds',
    unit: 'jobs/s',
    ours,
    reference,
    reference_name: 'graphile-worker',
    ratio: ours / reference,
  };
}
