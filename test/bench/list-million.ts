import { type Figures, median, secondsOf } from './figures.js';
import { insertMillion, RARE, ROWS } from './million-rows.js';
import { getJson, startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

/** Milliseconds. */
const BUDGET = 50;
const ROUNDS = 15;

/** The slowest of the lists, counts and statistics over a million analyses: its median in milliseconds. */
export async function listMillionBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL, database } = await startGround(bench);
  await insertMillion(database);
  const { url } = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api' });
  const { total } = await getJson<{ total: number }>(`${url}/api/v1/results`);
  if (total !== ROWS) throw new Error(`The list counts ${total} rows`);

  const times = new Map<string, number[]>(questions().map((path) => [path, []]));
  // The first round warms up and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [path, taken] of times) {
      const seconds = await secondsOf(() => getJson(`${url}/api/v1/${path}`));
      if (round > 0) taken.push(seconds * 1000);
    }
  }
  const medians = [...times].map(([path, taken]) => ({ path, milliseconds: median(taken) }));
  medians.sort((one, other) => other.milliseconds - one.milliseconds);
  if (process.env.BENCH_DETAILS) console.error(medians);
  const [worst] = medians;
  return {
    name: 'list-million',
    unit: 'ms, slowest list',
    ours: worst!.milliseconds,
    reference: BUDGET,
    reference_name: `budget of ${BUDGET} ms`,
    ratio: BUDGET / worst!.milliseconds,
  };
}

export function questions(): string[] {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const [from, to] = [daysAgo(40), daysAgo(20)];
  return [
    'results',
    'results?page=10000&per_page=20',
    `results?page=${ROWS / 20}&per_page=20`,
    'results?sort=created_at&page=10000',
    'results?status=completed&page=10000',
    'results?status=queued',
    'results?status=failed&file_type=video&page=1000',
    'results?file_type=document&page=5000',
    `results?from=${from}&to=${to}`,
    `results?from=${from}&to=${to}&page=5000`,
    `results?from=${from}&to=${to}&status=failed&page=500`,
    'results?q=photo',
    'results?q=PHOTO&page=250',
    `results?q=photo&from=${from}&to=${to}&status=completed`,
    `results?q=${RARE}`,
    `results?q=${RARE}&status=completed&sort=created_at`,
    'results?q=nothing-is-called-so',
    'results?q=7f3',
    'results?q=a',
    'results?q=p',
    'results?q=ju&status=completed',
    'results?q=zz',
    'statistics',
    'statistics/daily',
    'statistics/daily?days=90',
    'statistics/daily?days=3660',
    'history',
    'history?days=90&file_type=image&status=completed&page=5000',
  ];
}
