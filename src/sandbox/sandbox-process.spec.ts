import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../test/support/facet.js';
import { SandboxProcess, type TaskWatch } from './sandbox-process.js';
import type { TaskMessage } from './messages.js';

/** Megabytes. */
const MEMORY_MB = 256;

const NICENESS = 7;

let folder: string;
let analyzer: SandboxProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-analyzer-'));
});

afterEach(() => analyzer?.kill());

afterAll(() => rm(folder, { recursive: true }));

/** An analyzer process whose work is this code; `say` sends a message to the worker. */
async function analyzerThat(does: string): Promise<SandboxProcess> {
  const entry = join(folder, `entry-${Math.random()}.cjs`);
  await writeFile(
    entry,
    `const say = (message) => process.send(message);
     const done = { kind: 'done', results: '{}', artifacts: [] };
     process.on('message', async (task) => { ${does} });`,
  );
  analyzer = new SandboxProcess(entry, { memory: MEMORY_MB, path: process.env.PATH!, niceness: NICENESS });
  return analyzer;
}

const task: TaskMessage = {
  module: 'file:///nowhere.js',
  input: { features: [] },
  workDirectory: '/nowhere',
  timeout: 30_000,
};

/** Runs one task; returns the outcome and what was said on the way. */
async function run(process: SandboxProcess, watch: Partial<TaskWatch> = {}) {
  const said: string[] = [];
  const outcome = await process.run(task, {
    timeout: 30_000,
    signal: new AbortController().signal,
    progress: (_percent, message) => said.push(message),
    report: (error) => said.push(error),
    ...watch,
  });
  return { outcome, said };
}

/** Whether a process with that number runs; one that only waits to be asked for its exit code does not. */
const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** Tells its own number and that of a program it has started, and then never ends. */
const NEVER_ENDS = `
  const { pid } = require('node:child_process').spawn('sleep', ['1000']);
  say({ kind: 'progress', percent: 1, message: process.pid + ' ' + pid });`;

function expectGone(pids: number[]): void {
  expect(pids).toHaveLength(2);
  expect(pids.filter(isRunning)).toEqual([]);
}

function controlled() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort();
    },
  };
}

const numbersIn = (said: string[]): number[] => said.join(' ').split(' ').map(Number);

it('brings back what the analyzer says, task after task', async () => {
  const process = await analyzerThat(`
    say({ kind: 'progress', percent: 50, message: 'half' });
    say({ kind: 'report', error: 'odd' });
    say({ ...done, results: JSON.stringify({ features: task.input.features, env: Object.keys(process.env) }) });`);
  const { outcome, said } = await run(process);
  expect(said).toEqual(['half', 'odd']);
  // Nothing of the worker's environment, which holds secrets; PWD and such are the shell's own.
  const { env } = JSON.parse((outcome as { results: string }).results) as { env: string[] };
  expect(env).toEqual(expect.arrayContaining(['PATH', 'NODE_ENV']));
  expect(env.filter((name) => !['PATH', 'NODE_ENV', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([]);
  expect((await run(process)).outcome.kind).toBe('done');
  expect(process).toMatchObject({ alive: true, tasks: 2 });
});

it('is gone with all it has started when its time is over', async () => {
  const process = await analyzerThat(NEVER_ENDS);
  const { outcome, said } = await run(process, { timeout: 4_000 });
  expect(outcome.kind).toBe('timed_out');
  expectGone(numbersIn(said));
  expect(process.alive).toBe(false);
});

it('is gone with all it has started when it is no longer wanted', async () => {
  const process = await analyzerThat(NEVER_ENDS);
  const { signal, abort } = controlled();
  const said: string[] = [];
  const progress = (_percent: number, message: string) => {
    said.push(message);
    abort();
  };
  expect((await run(process, { signal, progress })).outcome.kind).toBe('aborted');
  expectGone(numbersIn(said));
  expect(process.alive).toBe(false);
});

it('is gone with all it has started when it is killed by another process', async () => {
  const analyzing = await analyzerThat(`${NEVER_ENDS} setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`);
  const { outcome, said } = await run(analyzing);
  expect(outcome).toMatchObject({ kind: 'crashed', reason: expect.stringContaining('SIGKILL') });
  expectGone(numbersIn(said));
});

it('counts an end without a word as a crash, and tells the last words', async () => {
  const silent = await analyzerThat('process.exit(0);');
  expect((await run(silent)).outcome.kind).toBe('crashed');
  const loud = await analyzerThat(`process.stderr.write('out of luck', () => process.exit(70));`);
  expect((await run(loud)).outcome).toMatchObject({ kind: 'crashed', reason: 'exit 70: out of luck' });
});

describe('an analyzer that takes memory without bound', () => {
  const kept = 'globalThis.kept = []; for (;;)';
  it.each([
    ['in the heap', `${kept} kept.push(new Array(100_000).fill(kept.length).map(String));`],
    ['in buffers', `${kept} kept.push(Buffer.alloc(8 * 1024 * 1024, 1));`],
    [
      'in WebAssembly',
      `${kept} { const memory = new WebAssembly.Memory({ initial: 256 }); new Uint8Array(memory.buffer).fill(1); kept.push(memory); }`,
    ],
    [
      'in other threads',
      `${kept} kept.push(new (require('node:worker_threads').Worker)('Buffer.alloc(64 << 20, 1); setInterval(() => {}, 1000)', { eval: true })), await new Promise((later) => setTimeout(later, 50));`,
    ],
  ])('is ended when it does so %s, and the worker goes on', async (_where, does) => {
    const before = process.memoryUsage().rss;
    const { outcome } = await run(await analyzerThat(`${does} say(done);`));
    expect(outcome.kind).toBe('crashed');
    expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY_MB * 1024 * 1024);
    expect((await run(await analyzerThat('say(done);'))).outcome.kind).toBe('done');
  });

  it('is held to it in the programs that it starts', async () => {
    const process = await analyzerThat(`
      const { status, stdout } = require('node:child_process').spawnSync('awk', ['BEGIN { s = "0123456789abcdef"; while (length(s) < ${4 * MEMORY_MB} * 1024 * 1024) s = s s; print "fed" }']);
      say({ ...done, results: JSON.stringify({ status, stdout: String(stdout) }) });`);
    const { outcome } = await run(process);
    expect(JSON.parse((outcome as { results: string }).results)).not.toMatchObject({ status: 0 });
  });
});

/** Niceness of every thread of a process, those that Node and V8 have started before its program among them. */
const nicenessOfThreads = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

/** Starts ffmpeg, and the threads that decode images beside it, and never ends. */
const WORKS_FOR_LONG = `
  await new Promise((read) => require('node:fs').readFile('/dev/null', read));
  const { pid } = require('node:child_process').spawn(
    'ffmpeg', ['-v', 'quiet', '-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-']);
  say({ kind: 'progress', percent: 1, message: process.pid + ' ' + pid });`;

const AUTOGROUP = '/proc/self/autogroup';

it('runs at a lower priority with all its threads, and so does ffmpeg', async () => {
  const analyzing = await analyzerThat(WORKS_FOR_LONG);
  const { signal, abort } = controlled();
  const working = new Promise<number[]>((resolve) => {
    const progress = (_percent: number, message: string) => {
      resolve(numbersIn([message]));
    };
    void run(analyzing, { signal, progress });
  });
  const [analyzer, ffmpeg] = (await working) as [number, number];
  try {
    expect([analyzer, ffmpeg].map(getPriority)).toEqual([NICENESS, NICENESS]);
    const threads = nicenessOfThreads(analyzer);
    // The main one, those of V8, and those of libuv that decode images.
    expect(threads.length).toBeGreaterThan(8);
    expect(new Set(threads)).toEqual(new Set([NICENESS]));
    if (!existsSync(AUTOGROUP)) return;
    await eventually(
      () => Promise.resolve(readFileSync(`/proc/${ffmpeg}/autogroup`, 'utf8')),
      (group) => group.endsWith(` nice ${NICENESS}\n`),
    );
  } finally {
    abort();
  }
});
