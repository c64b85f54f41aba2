import { type Figures, median } from './figures.js';
import { startProduct } from './product.js';
import { end, type Workbench } from './workbench.js';

const BUDGET = 4;
const ROUNDS = 5;

/** Seconds from the start of the process to the first 200 of `/health/ready`, the embedded databases starting too. */
export async function bootBenchmark(bench: Workbench): Promise<Figures> {
  const seconds: number[] = [];
  // The first start makes the databases.
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const { process } = await startProduct(bench, {});
    if (round > 0) seconds.push((performance.now() - start) / 1000);
    await end(process);
  }
  const ours = median(seconds);
  return { name: 'boot', unit: 's', ours, reference: BUDGET, reference_name: 'budget of 4 s', ratio: BUDGET / ours };
}
