import { deepStrictEqual } from 'node:assert';
import { type Figures, takeTurns } from './figures.js';
import { insertAnalysis } from './finished-analysis.js';
import { answersPerSecond } from './load.js';
import { ADA, TEST_SECRET } from '../support/accounts.js';
import { getJson, startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

const LOAD = { connections: 50, seconds: 3, authorization: ADA.bearer };

/** Connections to PostgreSQL of either side; Facet's default. */
const POOL = 20;

/** Requests a second for one analysis, Facet and bare Fastify each in a process of its own on the same PostgreSQL. */
export async function readOneBenchmark(bench: Workbench): Promise<Figures> {
  const { database, ...servers } = await startGround(bench);
  const id = await insertAnalysis(database, ADA.id);
  const settings = { ...servers, ROLE: 'api', DATABASE_POOL_SIZE: String(POOL) };
  const product = await startProduct(bench, settings);
  const bare = bench.partner('bare-read.ts');
  const { url } = await bare.ask<{ url: string }>({
    connectionString: servers.DATABASE_URL,
    max: POOL,
    secret: TEST_SECRET,
  });
  const [ours, theirs] = [`${product.url}/api/v1/results/${id}`, `${url}/results/${id}`];
  // A faster answer only counts when it is the same.
  deepStrictEqual(await getJson(ours), await getJson(theirs));
  const turns = await takeTurns(
    36,
    () => answersPerSecond(bench, ours, LOAD),
    () => answersPerSecond(bench, theirs, LOAD),
  );
  return {
    name: 'read-one',
    unit: 'requests/s',
    ...turns,
    reference_name: 'bare Fastify, JWT, one query',
    ratio: turns.ours / turns.reference,
  };
}
