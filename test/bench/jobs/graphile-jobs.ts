import { Logger, run, type Runner } from 'graphile-worker';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { answerQuestions } from '../workbench.js';
import type { JobsQuestion } from './job-kinds.js';

let done = 0;
let runner: Promise<Runner> | undefined;
let pool: Pool | undefined;

function start({ databaseUrl, concurrency }: JobsQuestion): Promise<Runner> {
  pool = new Pool({ connectionString: databaseUrl, max: 2 });
  return run({
    connectionString: databaseUrl,
    concurrency,
    maxPoolSize: 20,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    taskList: {
      bench: () => {
        done += 1;
      },
    },
  });
}

/** Adds jobs and has graphile-worker work them off. Returns seconds. */
answerQuestions(async (question: JobsQuestion) => {
  runner ??= start(question);
  await runner;
  const { jobs: count, together } = question;
  done = 0;
  const started = performance.now();
  for (let first = 0; first < count; first += together) {
    await pool!.query(
      `SELECT FROM graphile_worker.add_jobs(ARRAY(
         SELECT ROW('bench', json_build_object('number', $2::int), NULL, NULL, NULL, NULL, NULL, NULL)::graphile_worker.job_spec
           FROM generate_series(1, $1)))`,
      [Math.min(together, count - first), first],
    );
  }
  while (done < count || (await isOpen())) await delay(2);
  return { seconds: (performance.now() - started) / 1000 };
});

async function isOpen(): Promise<boolean> {
  const { rows } = await pool!.query<{ open: boolean }>(
    'SELECT EXISTS (SELECT FROM graphile_worker._private_jobs) AS open',
  );
  return rows[0]?.open ?? true;
}
