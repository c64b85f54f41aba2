import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ended } from '../support/client.js';
import { eventually, type Facet } from '../support/facet.js';
import { expectNothingLost } from './nothing-lost.js';
import { analyzersOf, groupOf, isFfmpeg, type ProcessEntry, processes } from './processes.js';
import { buildStage, expectNeverFalling, progressReaches, type Stage, watchProgress } from './stage.js';
import { expectScenes } from './videos.js';

jest.setTimeout(120_000);

let stage: Stage;
const accepted: string[] = [];

beforeAll(async () => {
  stage = await buildStage();
});

afterEach(() => stage.dismissWorkers());

afterAll(() => stage.remove());

const sendFilm = async () => {
  const id = await stage.sendFilm();
  accepted.push(id);
  return id;
};

/** The analyzer whose ffmpeg reads the film of this analysis, once it does. */
const analyzerAt = (worker: Facet, id: string): Promise<ProcessEntry> =>
  eventually(
    () => Promise.resolve(analyzersOf(worker.process.pid!).find(({ pid }) => isReading(pid, id))),
    (found): found is ProcessEntry => found !== undefined,
  ) as Promise<ProcessEntry>;

const isReading = (group: number, id: string) =>
  groupOf(group).some((entry) => isFfmpeg(entry) && entry.command.includes(id));

it('does a film again whose analyzer was killed, and no other', async () => {
  const worker = await stage.worker(4);
  const [hit, neighbour] = [await sendFilm(), await sendFilm()];
  const watch = watchProgress(stage.api, hit);
  await progressReaches(stage.api, hit, 20);
  const analyzer = await analyzerAt(worker, hit);

  process.kill(analyzer.pid, 'SIGKILL');
  await eventually(
    () => Promise.resolve(groupOf(analyzer.pid)),
    (left) => left.length === 0,
    5,
  );

  const row = await ended(stage.api.url, hit);
  expect(row).toMatchObject({ status: 'completed', attempts: 2 });
  expectScenes(row);
  expectNeverFalling(await watch.stop());
  expect(await ended(stage.api.url, neighbour)).toMatchObject({ status: 'completed', attempts: 1 });
  expect(worker.process.exitCode).toBeNull();
  await expectNothingLost(stage.ground, accepted);
});

it('fails what has cost three analyzers', async () => {
  const worker = await stage.worker(2);
  const id = await sendFilm();
  const watch = watchProgress(stage.api, id);
  for (const killed of [1, 2, 3]) {
    await progressReaches(stage.api, id, 5 * killed);
    process.kill((await analyzerAt(worker, id)).pid, 'SIGSEGV');
  }
  const row = await ended(stage.api.url, id);
  expect(row).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'analyzer_crashed' }, results: null });
  expectNeverFalling(await watch.stop());
  await expectNothingLost(stage.ground, accepted);
});

it('works at the priority that is set, and its worker at its own', async () => {
  const worker = await stage.worker(4, { ANALYSIS_NICENESS: '11' });
  const id = await sendFilm();
  const { pid } = await analyzerAt(worker, id);
  const [ffmpeg] = groupOf(pid).filter(isFfmpeg);
  expect([worker.process.pid!, pid, ffmpeg!.pid].map(getPriority)).toEqual([getPriority(), 11, 11]);
  expect(await ended(stage.api.url, id)).toMatchObject({ status: 'completed' });
});

it('stops the work at the time limit, not only the waiting for it', async () => {
  const worker = await stage.worker(1, { VIDEO_TIMEOUT: '3' });
  const id = await sendFilm();
  const analyzer = await analyzerAt(worker, id);

  const row = await ended(stage.api.url, id);
  expect(groupOf(analyzer.pid)).toEqual([]);
  expect(processes().filter(({ command }) => command.includes(id))).toEqual([]);
  expect(row).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'analysis_timed_out' } });
  await expectNothingLost(stage.ground, accepted);
});

/** A worker with one analyzer that calculates for ever and listens to nobody. */
const DEAF = `
import { SandboxProcess } from '${pathToFileURL(join(__dirname, '../../dist/sandbox/sandbox-process.js')).href}';
const analyzer = new SandboxProcess(process.argv[2], { memory: 512, path: process.env.PATH, niceness: 5 });
void analyzer.run({}, {
  timeout: 600_000,
  signal: new AbortController().signal,
  progress: (percent) => console.log(percent),
  report: () => undefined,
});
setInterval(() => undefined, 1000);
`;

it('ends an analyzer with its worker even if it never comes to listen', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facet-deaf-'));
  const [worker, entry] = [join(folder, 'worker.mjs'), join(folder, 'child.js')];
  await writeFile(worker, DEAF);
  await writeFile(
    entry,
    `process.on('message', () => { process.send({ kind: 'progress', percent: 1 }, () => { for (;;); }); });`,
  );
  const child = spawn(process.execPath, [worker, entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((heard) => child.stdout.once('data', heard));
  const [analyzer] = analyzersOf(child.pid!);
  expect(analyzer).toBeDefined();

  try {
    child.kill('SIGKILL');
    await eventually(
      () => Promise.resolve(groupOf(analyzer!.pid)),
      (left) => left.length === 0,
      5,
    );
  } finally {
    for (const { pid } of groupOf(analyzer!.pid)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true });
  }
});
