import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { setTimeout as delay } from 'node:timers/promises';
import { type Figures, median } from './figures.js';
import { AS_ADA, getJson, startGround, startProduct } from './product.js';
import type { Crowd, Experience } from './users-client.js';
import type { Workbench } from './workbench.js';

const USERS = 120;

/** Requests a second of each, as of a page that looks again every half second. */
const RATE = 2;

const SECONDS = 8;
const ROUNDS = 3;

/** What is promised besides the time: megabytes of all processes together, and the share of answers that may fail. */
const MEMORY = 1024;
const FAILURES = 0.001;
const BUDGET = 200;

/** What 120 users at once wait for lists, results, progress and statistics while pictures are analyzed. */
export async function usersBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL } = await startGround(bench);
  const product = await startProduct(bench, { DATABASE_URL, REDIS_URL, MAX_WORKERS: '2', LOG_LEVEL: 'warn' });
  const id = await analyze(product.url);
  const paths = [`results/${id}`, 'results?per_page=20', `progress/${id}`, 'statistics', 'history', 'analyzers'];
  const crowd: Crowd = {
    url: product.url,
    paths: paths.map((path) => `/api/v1/${path}`),
    headers: AS_ADA,
    users: USERS,
    rate: RATE,
    seconds: SECONDS,
  };
  const client = bench.partner('users-client.ts');
  const waits: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const asked = client.ask<Experience>(crowd);
    await analyzeUntil(asked, product.url);
    const { requests, failed, slow } = await asked;
    if (failed > requests * FAILURES) throw new Error(`${failed} of ${requests} requests failed`);
    waits.push(slow);
  }
  const memory = megabytesOf(product.process.pid ?? 0);
  if (memory > MEMORY) throw new Error(`The processes hold ${memory} MB`);
  const ours = median(waits);
  const unit = `ms, 97.5 % of ${USERS}`;
  return { name: 'users', unit, ours, reference: BUDGET, reference_name: 'budget of 200 ms', ratio: BUDGET / ours };
}

/** Sends one picture after the other as long as the users ask; every one of them has to be done. */
async function analyzeUntil(asked: Promise<unknown>, url: string): Promise<void> {
  const crowd = { asking: true };
  const leave = () => {
    crowd.asking = false;
  };
  asked.then(leave, leave);
  while (crowd.asking) await analyze(url);
}

async function analyze(url: string): Promise<string> {
  const picture = await sharp({ create: { width: 1200, height: 900, channels: 3, background: '#1e90ff' } })
    .jpeg()
    .toBuffer();
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(picture)]), 'sky.jpg');
  const answer = await fetch(`${url}/api/v1/analyze`, { method: 'POST', headers: AS_ADA, body: form });
  const { analysis_id: id } = (await answer.json()) as { analysis_id: string };
  for (;;) {
    const { status } = await getJson<{ status: string }>(`${url}/api/v1/progress/${id}`);
    if (status === 'completed') return id;
    if (status !== 'queued' && status !== 'processing') throw new Error(`A picture ended as ${status}`);
    await delay(50);
  }
}

/** Resident memory of a process and all below it. */
function megabytesOf(root: number): number {
  const entries = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const statuses = entries.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return [{ pid: Number(pid), parent: field('PPid'), kilobytes: field('VmRSS') }];
    } catch {
      return [];
    }
  });
  const below = (pid: number): number =>
    statuses
      .filter(({ parent }) => parent === pid)
      .reduce((sum, child) => sum + child.kilobytes / 1024 + below(child.pid), 0);
  return below(root) + (statuses.find(({ pid }) => pid === root)?.kilobytes ?? 0) / 1024;
}
