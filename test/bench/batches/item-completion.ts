import { v7 as uuid } from 'uuid';
import { buildUpload } from '../../support/batches/upload.js';
import { type Figures, takeTurns } from '../figures.js';
import { startGround } from '../product.js';
import type { Workbench } from '../workbench.js';
import type { JobsQuestion } from './complete-jobs.js';
import type { CompletionQuestion } from './complete-rows.js';

const ROWS = 20_000;

/** Rows a second from the claim of their chunk to their durable result, against one Bull job and one statement a row. */
export async function itemCompletionBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, database } = await startGround(bench);
  const chunks = bench.partner('batches/complete-rows.ts');
  const jobs = bench.partner('batches/complete-jobs.ts');
  const { ours, reference } = await takeTurns(
    30,
    async () => {
      // None of its rows is known from the turn before.
      await buildUpload(database, {
        rows: ROWS,
        rowsAPart: 5_000,
        url: `'https://images.example.com/${uuid()}/' || n`,
      });
      const { seconds } = await chunks.ask<{ seconds: number }>({ databaseUrl } satisfies CompletionQuestion);
      return ROWS / seconds;
    },
    async () => {
      const question: JobsQuestion = { databaseUrl, redisUrl, rows: ROWS };
      return ROWS / (await jobs.ask<{ seconds: number }>(question)).seconds;
    },
  );
  return {
    name: 'item-completion',
    unit: 'rows/s',
    ours,
    reference,
    reference_name: 'one Bull job a row',
    ratio: ours / reference,
  };
}
