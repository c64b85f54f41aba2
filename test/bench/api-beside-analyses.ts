import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { landscape } from '../support/media/images.js';
import { buildPerson, type Person } from '../support/accounts.js';
import { buildUpload } from '../support/batches/upload.js';
import { modelsDirectory } from '../support/models.js';
import type { ClosedLoop, Latency, SignedIn } from './closed-loop-client.js';
import { type Figures, median } from './figures.js';
import { insertAnalysis } from './finished-analysis.js';
import { type Ground, type Product, startGround, startProduct } from './product.js';
import type { Partner, Workbench } from './workbench.js';

const CONNECTIONS = 120;
const ANALYSES = 4;

/** Some tenths of a second each: with what reads text and faces too few would end in the time to count them. */
const FEATURES = 'image,colors,quality,hash,thumbnail';

const PEOPLE = 10;
const ANALYSES_A_PERSON = 30;
const BATCHES_A_PERSON = 5;

/** Milliseconds between two looks at the queue. */
const LOOK_MS = 100;

const SECONDS = 6;
const WARM_UP_SECONDS = 4;
const ROUNDS = 3;

/** What is promised besides the ratio. */
const P99_LIMIT_MS = 400;
const ANALYSES_SHARE = 0.95;

/** A Facet on databases of its own, and who use it. */
interface Side {
  readonly ground: Ground;
  readonly product: Product;
  readonly people: readonly SignedIn[];
  readonly alone: Latency[];
  readonly beside: Latency[];
  readonly analysesAMinute: number[];
}

/**
 * How long 120 connections in closed loop wait for what pages ask for, with four analyses at once and without, in turn;
 * and how many analyses a minute are done under that load, beside a Facet whose analyses do not give way:
 * this build, or the one in the folder `BENCH_REFERENCE_DIST`. `BENCH_NICENESS` tries another niceness than the default.
 */
export async function apiBesideAnalysesBenchmark(bench: Workbench): Promise<Figures> {
  const picture = await landscape(3000, 2000, 1).jpeg({ quality: 85 }).toBuffer();
  const giving = await startSide(bench, 'giving', nicenessTried());
  const equal = await startSide(bench, 'equal', { ANALYSIS_NICENESS: '0' }, process.env.BENCH_REFERENCE_DIST);
  const client = bench.partner('closed-loop-client.ts');
  // A process that has just started compiles what it runs.
  for (const side of [giving, equal]) await ask(side, client, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of round % 2 === 0 ? [giving, equal] : [equal, giving]) await measure(side, client, picture);
  }
  const [alone, beside] = [p99Of(giving.alone), p99Of(giving.beside)];
  const analysesShare = mean(giving.analysesAMinute) / mean(equal.analysesAMinute);
  return {
    name: 'api-beside-analyses',
    unit: `ms, p99 of ${CONNECTIONS}`,
    ours: beside,
    reference: alone,
    reference_name: 'the same without analyses',
    ratio: alone / beside,
    limits: [
      { name: 'p99_alone_ms', value: alone, most: P99_LIMIT_MS },
      { name: 'analyses_share', value: analysesShare, least: ANALYSES_SHARE },
    ],
    details: { ...detailsOf('giving_way', giving), ...detailsOf('equal', equal) },
  };
}

function nicenessTried(): Record<string, string> {
  const { BENCH_NICENESS } = process.env;
  return BENCH_NICENESS === undefined ? {} : { ANALYSIS_NICENESS: BENCH_NICENESS };
}

async function startSide(
  bench: Workbench,
  name: string,
  settings: Record<string, string>,
  dist?: string,
): Promise<Side> {
  const ground = await startGround(bench, `ground-${name}`);
  const people: SignedIn[] = [];
  for (let number = 0; number < PEOPLE; number++) people.push(await settle(ground, `person${number}`));
  await ground.database.query('VACUUM ANALYZE');
  const { DATABASE_URL, REDIS_URL } = ground;
  const folder = { DATA_DIR: join(bench.folder, `data-${name}`), MODELS_DIR: modelsDirectory };
  const common = { DATABASE_URL, REDIS_URL, ...folder, MAX_WORKERS: String(ANALYSES), LOG_LEVEL: 'warn' };
  const product = await startProduct(bench, { ...common, ...settings }, dist);
  return { ground, product, people, alone: [], beside: [], analysesAMinute: [] };
}

/** Enters a person with analyses and batches; what a page of theirs asks for. */
async function settle({ database }: Ground, name: string): Promise<SignedIn> {
  const { id: ownerId, bearer }: Person = await buildPerson(database, name);
  let id = '';
  for (let number = 0; number < ANALYSES_A_PERSON; number++) id = await insertAnalysis(database, ownerId);
  for (let number = 0; number < BATCHES_A_PERSON; number++) {
    // Paused: no worker takes them.
    await buildUpload(database, { ownerId, rows: 100, status: 'paused' });
  }
  const paths = [`progress/${id}`, 'results?per_page=20', `results/${id}`, 'statistics', 'batches'];
  return { authorization: bearer, paths: paths.map((path) => `/api/v1/${path}`) };
}

async function measure(side: Side, client: Partner, picture: Buffer): Promise<void> {
  side.alone.push(await ask(side, client, SECONDS));
  const analyses = new Analyses(side, picture);
  await analyses.begin();
  const before = await analyses.completed();
  const started = performance.now();
  side.beside.push(await ask(side, client, SECONDS));
  const minutes = (performance.now() - started) / 60_000;
  side.analysesAMinute.push(((await analyses.completed()) - before) / minutes);
  await analyses.end();
}

async function ask({ product, people }: Side, client: Partner, seconds: number): Promise<Latency> {
  const loop: ClosedLoop = { url: product.url, people, connections: CONNECTIONS, seconds };
  const latency = await client.ask<Latency>(loop);
  if (latency.failed > 0) throw new Error(`${latency.failed} of ${latency.requests} requests failed`);
  return latency;
}

/** Keeps as many analyses running as there are workers, and as many waiting. */
class Analyses {
  private going = true;
  private feeding: Promise<void> | undefined;

  constructor(
    private readonly side: Side,
    private readonly picture: Buffer,
  ) {}

  /** Resolves when the first are done: then every process is warm. */
  async begin(): Promise<void> {
    const before = await this.completed();
    this.feeding = this.feed();
    while ((await this.completed()) < before + ANALYSES) await Promise.race([delay(LOOK_MS), this.feeding]);
  }

  async end(): Promise<void> {
    this.going = false;
    await this.feeding;
    while ((await this.open()) > 0) await delay(LOOK_MS);
  }

  completed(): Promise<number> {
    return this.count(`status = 'completed'`);
  }

  private open(): Promise<number> {
    return this.count(`status IN ('queued', 'processing')`);
  }

  private async feed(): Promise<void> {
    while (this.going) {
      for (let open = await this.open(); open < 2 * ANALYSES; open++) await this.send();
      await delay(LOOK_MS);
    }
  }

  private async send(): Promise<void> {
    const { product, people } = this.side;
    const form = new FormData();
    form.set('features', FEATURES);
    form.set('file', new Blob([new Uint8Array(this.picture)]), 'landscape.jpg');
    const headers = { Authorization: people[0]!.authorization };
    const answer = await fetch(`${product.url}/api/v1/analyze`, { method: 'POST', headers, body: form });
    if (answer.status !== 202) throw new Error(`An upload was answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
  }

  private async count(condition: string): Promise<number> {
    const { rows } = await this.side.ground.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM analyses WHERE ${condition}`,
    );
    return rows[0]!.count;
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const p99Of = (latencies: readonly Latency[]): number => median(latencies.map(({ p99 }) => p99));

const detailsOf = (name: string, { alone, beside, analysesAMinute }: Side): Record<string, number> => ({
  [`${name}_p99_alone_ms`]: p99Of(alone),
  [`${name}_p99_beside_ms`]: p99Of(beside),
  [`${name}_answers_per_second_alone`]: median(alone.map(({ rate }) => rate)),
  [`${name}_answers_per_second_beside`]: median(beside.map(({ rate }) => rate)),
  [`${name}_analyses_per_minute`]: mean(analysesAMinute),
});
