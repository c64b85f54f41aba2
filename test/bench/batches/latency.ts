import { type Figures, median } from '../figures.js';
import type { Workbench } from '../workbench.js';
import { buildScene, CONCURRENCY, ownUrls } from './scene.js';

/** Milliseconds. */
const LATENCY = 200;
const ROWS = 3_200;
const ROUNDS = 3;

/** Rows a second with an AI that takes its time, against as many as can be in flight. */
export async function batchLatencyBenchmark(bench: Workbench): Promise<Figures> {
  const scene = await buildScene(bench);
  await scene.worker();
  await scene.setLatency(LATENCY);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rates.push(ROWS / (await scene.seconds({ rows: ROWS, url: ownUrls() })));
  }
  const ours = median(rates);
  const reference = CONCURRENCY / (LATENCY / 1000);
  const reference_name = `${CONCURRENCY} in flight ÷ ${LATENCY} ms`;
  return { name: 'batch-latency', unit: 'URLs/s', ours, reference, reference_name, ratio: ours / reference };
}
