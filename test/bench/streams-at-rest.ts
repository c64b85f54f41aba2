import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { buildRow, insertRows } from '../e2e/rows.js';
import type { Figures, Skipped } from './figures.js';
import { AS_ADA, startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';

const STREAMS = 500;

/** Percent of one core that all open streams may cost. */
const BUDGET = 5;

/** Two rounds of the fallback read and of the heartbeat, and a time without streams to compare with. */
const SECONDS = { streams: 30, idle: 10, settle: 5 };

/** Ticks a second in /proc, which Linux fixes for user space. */
const TICKS_PER_SECOND = 100;

/** Percent of a core that 500 open progress streams of as many analyses cost Facet and PostgreSQL while nothing happens. */
export async function streamsAtRestBenchmark(bench: Workbench): Promise<Figures | Skipped> {
  const name = 'streams-at-rest';
  if (process.platform !== 'linux') return { name, skipped: 'processor time is read from /proc' };
  const { database, ...servers } = await startGround(bench);
  const rows = Array.from({ length: STREAMS }, (_row, index) => buildRow(index, { status: 'processing' }));
  await insertRows({ database } as Parameters<typeof insertRows>[0], rows);
  const product = await startProduct(bench, { ...servers, ROLE: 'api', LOG_LEVEL: 'warn' });
  const cost = async (seconds: number) => {
    const pids = async () => [product.process.pid!, ...(await backends(database))];
    const before = processorSeconds(await pids());
    await delay(seconds * 1000);
    return ((processorSeconds(await pids()) - before) / seconds) * 100;
  };
  await delay(SECONDS.settle * 1000);
  const idle = await cost(SECONDS.idle);
  const agent = new Agent({ bodyTimeout: 0 });
  await Promise.all(rows.map(({ id }) => open(agent, `${product.url}/api/v1/progress/${id}/stream`)));
  await delay(SECONDS.settle * 1000);
  const withStreams = await cost(SECONDS.streams);
  await agent.destroy();
  console.error(`${name}: ${withStreams.toFixed(1)} % of a core with streams, ${idle.toFixed(1)} % without`);
  // A tick more or less of the idle time is no cost.
  const ours = Math.max(withStreams - idle, 0.1);
  return { name, unit: '% of a core', ours, reference: BUDGET, reference_name: 'budget of 5 %', ratio: BUDGET / ours };
}

/** The server's processes that work for Facet. */
async function backends(database: { query(sql: string): Promise<{ rows: { pid: number }[] }> }): Promise<number[]> {
  const { rows } = await database.query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  return rows.map(({ pid }) => pid);
}

function processorSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) /);
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return (user ?? 0) + (system ?? 0);
  });
  return ticks.reduce((sum, own) => sum + own, 0) / TICKS_PER_SECOND;
}

/** Opens a stream whose events are read and forgotten; resolves with its head. */
async function open(agent: Agent, url: string): Promise<void> {
  const { origin, pathname } = new URL(url);
  const { statusCode, body } = await agent.request({ origin, path: pathname, method: 'GET', headers: AS_ADA });
  body.on('error', () => undefined).resume();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
}
