import { type Figures, median } from '../figures.js';
import { end, type Workbench } from '../workbench.js';
import { buildScene, type Scene, ownUrls } from './scene.js';

/** Milliseconds. */
const LATENCY = 200;
const ROWS_A_WORKER = 3_200;
const ROUNDS = 2;

/** Rows a second of two worker processes against one, each with the same limit of rows in flight. */
export async function twoWorkersBenchmark(bench: Workbench): Promise<Figures> {
  const scene = await buildScene(bench);
  await scene.worker();
  await scene.setLatency(LATENCY);
  const one: number[] = [];
  const two: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    one.push(await rate(scene, ROWS_A_WORKER));
    const other = await scene.worker();
    two.push(await rate(scene, 2 * ROWS_A_WORKER));
    await end(other.process);
  }
  const ours = median(two);
  const reference = median(one);
  return {
    name: 'two-workers',
    unit: 'URLs/s',
    ours,
    reference,
    reference_name: 'one worker',
    ratio: ours / reference,
  };
}

const rate = async (scene: Scene, rows: number): Promise<number> =>
  rows / (await scene.seconds({ rows, url: ownUrls() }));
