import { type Figures, takeTurns } from '../figures.js';
import type { Workbench } from '../workbench.js';
import type { LoopQuestion } from './bare-loop.js';
import { buildScene, CONCURRENCY, ownUrls } from './scene.js';

const ROWS = 20_000;

/** Rows a second with an AI that answers at once, every result durable, against a loop that keeps nothing. */
export async function batchThroughputBenchmark(bench: Workbench): Promise<Figures> {
  const scene = await buildScene(bench);
  await scene.worker();
  const loop = bench.partner('batches/bare-loop.ts');
  const { ours, reference } = await takeTurns(
    40,
    async () => ROWS / (await scene.seconds({ rows: ROWS, rowsAPart: 5_000, url: ownUrls() })),
    async () => {
      const question: LoopQuestion = { url: scene.ai.url, rows: ROWS, concurrency: CONCURRENCY };
      return ROWS / (await loop.ask<{ seconds: number }>(question)).seconds;
    },
  );
  return {
    name: 'batch-throughput',
    unit: 'URLs/s',
    ours,
    reference,
    reference_name: 'bare undici loop',
    ratio: ours / reference,
  };
}
