import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Environment } from '../platform/config/environment.js';
import { SandboxService } from './sandbox.service.js';
import type { TaskMessage } from './messages.js';

/** Reports its process id; an endless task never finishes. */
const ENTRY = `
process.on('message', ({ input }) => {
  process.send({ kind: 'progress', percent: 1, message: String(process.pid) });
  const results = String(process.pid);
  if (input !== 'endless') setTimeout(() => process.send({ kind: 'done', results, artifacts: [] }), 100);
});`;

type Input = 'short' | 'endless';

let folder: string;
let pool: SandboxService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-pool-'));
  await writeFile(join(folder, 'entry.cjs'), ENTRY);
});

beforeEach(() => {
  pool = new SandboxService(new Environment(), join(folder, 'entry.cjs'));
});

afterEach(() => pool.onApplicationShutdown());

afterAll(() => rm(folder, { recursive: true }));

const task = (input: Input): TaskMessage => ({
  module: 'file:///nowhere.js',
  input,
  workDirectory: '/nowhere',
  timeout: 30_000,
});

const run = (input: Input, { timeout = 30_000, signal = new AbortController().signal } = {}) =>
  pool.run(task(input), { timeout, signal, progress: () => undefined, report: () => undefined });

/** The number of the process that did a task. */
async function worked(): Promise<number> {
  const outcome = await run('short');
  if (outcome.kind !== 'done') throw new Error(`It ended as ${outcome.kind}.`);
  return Number(outcome.results);
}

/** Whether a process with that number runs; one that only waits to be asked for its exit code does not. */
const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

it('gives a waiting process the next task, and one of its own to each of those at once', async () => {
  const first = await worked();
  expect(await worked()).toBe(first);
  const both = await Promise.all([worked(), worked()]);
  expect(new Set(both).size).toBe(2);
  expect(both).toContain(first);
});

it('never gives a task to a process that it has just killed', async () => {
  for (let round = 0; round < 3; round++) {
    expect(await run('endless', { timeout: 300 })).toEqual({ kind: 'timed_out' });
    expect(isRunning(await worked())).toBe(true);
  }
});

it('replaces a process that died while it waited', async () => {
  const first = await worked();
  process.kill(first, 'SIGKILL');
  // Until its end has been heard here, too.
  while (existsSync(`/proc/${first}`)) await new Promise((later) => setTimeout(later, 10));
  expect(await worked()).not.toBe(first);
});

it('does not begin what is no longer wanted', async () => {
  expect(await run('short', { signal: AbortSignal.abort() })).toEqual({ kind: 'aborted' });
});

it('ends what works and what waits at the shutdown', async () => {
  const waiting = await worked();
  const begun = run('endless');
  const other = await worked();
  await pool.onApplicationShutdown();
  expect([waiting, other].filter(isRunning)).toEqual([]);
  expect((await begun).kind).toBe('crashed');
});
