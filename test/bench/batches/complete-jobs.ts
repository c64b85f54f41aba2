import Bull from 'bull';
import { Pool } from 'pg';
import { serveRequests } from '../workbench.js';

export interface JobsQuestion {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly rows: number;
}

/** Jobs at once. */
const CONCURRENCY = 64;

/** One Bull job a row, and one statement a row that makes its result durable. Answers seconds. */
serveRequests(async ({ databaseUrl, redisUrl, rows }: JobsQuestion) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 20 });
  await pool.query(
    'CREATE TABLE IF NOT EXISTS job_results (id bigserial PRIMARY KEY, row_number integer, completed_at timestamptz, result json)',
  );
  const queue = new Bull<{ row: number }>('one-job-a-row', redisUrl, { defaultJobOptions: { removeOnComplete: true } });
  await queue.pause();
  for (let first = 1; first <= rows; first += 1000) {
    await queue.addBulk(
      Array.from({ length: Math.min(1000, rows - first + 1) }, (_, index) => ({ data: { row: first + index } })),
    );
  }
  const started = performance.now();
  await queue.resume();
  let left = rows;
  await new Promise<void>((resolve, reject) => {
    queue
      .process(CONCURRENCY, async ({ data }) => {
        await pool.query({
          name: 'one',
          text: 'INSERT INTO job_results (row_number, completed_at, result) VALUES ($1, now(), $2)',
          values: [data.row, '{"label":"landscape","score":0.93}'],
        });
        if (--left === 0) resolve();
      })
      .catch(reject);
  });
  const seconds = (performance.now() - started) / 1000;
  await queue.close();
  await pool.end();
  return { seconds };
});
