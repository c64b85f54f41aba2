import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes } from '../faults/processes.js';
import { film, expectScenes } from '../faults/videos.js';
import { analyze, call, ended, send } from '../support/client.js';
import { eventually, type Facet, launchFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';

/** The product as somebody starts it who has nothing but this machine: its own PostgreSQL and Redis in its folder. */

const directories: string[] = [];
const started: Facet[] = [];

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'facet-production-'));
  directories.push(directory);
  return directory;
}

async function start(directory: string, variables: Record<string, string> = {}): Promise<Facet> {
  const facet = await launchFacet({
    NODE_ENV: 'production',
    EMBEDDED: 'true',
    DATA_DIR: directory,
    ...variables,
  });
  started.push(facet);
  return facet;
}

const picture = () => solid(40, 30, '#336699').png().toBuffer();

afterAll(async () => {
  await Promise.all(started.map((facet) => facet.stop()));
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

it('comes back by itself after it was killed, with all that was queued', async () => {
  const directory = await folder();
  const first = await start(directory, { MAX_WORKERS: '1' });
  const done = await analyze(first.url, await picture(), { filename: 'before.png' });
  expect(done.status).toBe('completed');
  const ids: string[] = [(await send(first.url, await film())).body.analysis_id];
  for (let index = 0; index < 5; index++) ids.push((await send(first.url, await picture())).body.analysis_id);
  await eventually(
    () => call(first.url, `/api/v1/progress/${ids[0]}`),
    ({ body }) => body.status === 'processing',
  );

  const killed = once(first.process, 'exit');
  first.kill('SIGKILL');
  await killed;
  const second = await start(directory);

  const rows = [];
  for (const id of ids) rows.push(await ended(second.url, id));
  expect(rows.map(({ status }) => status)).toEqual(Array(6).fill('completed'));
  expectScenes(rows[0]);
  expect(rows.map(({ attempts }) => attempts)).toEqual([2, 1, 1, 1, 1, 1]);
  expect((await call(second.url, `/api/v1/results/${done.id}`)).body).toEqual(done);
  expect((await call(second.url, done.artifacts[0].url)).status).toBe(200);
  expect((await call(second.url, '/api/v1/statistics')).body).toMatchObject({ total_analyses: 7, completed: 7 });

  const servers = processes().filter(({ parent }) => parent === second.process.pid);
  expect(servers.some(({ command }) => command.includes('postgres'))).toBe(true);
  expect(servers.some(({ command }) => /redis-server|valkey-server/.test(command))).toBe(true);
  expect(await second.stop()).toBe(0);
  await eventually(
    () => Promise.resolve(processes().filter(({ pid }) => servers.some((server) => server.pid === pid))),
    (left) => left.length === 0,
    5,
  );
});

it('runs beside another one, each with its own', async () => {
  const [one, other] = await Promise.all([start(await folder()), start(await folder())]);
  const mine = await analyze(one.url, await picture());
  expect(mine.status).toBe('completed');
  expect((await call(one.url, '/api/v1/results')).body.total).toBe(1);
  expect((await call(other.url, '/api/v1/results')).body.total).toBe(0);
  expect((await call(other.url, `/api/v1/results/${mine.id}`)).status).toBe(404);
  const theirs = await analyze(other.url, await picture());
  expect(await one.stop()).toBe(0);
  expect((await call(other.url, `/api/v1/results/${theirs.id}`)).body.status).toBe('completed');
});

it('does not share its folder', async () => {
  const directory = await folder();
  const first = await start(directory);
  await expect(start(directory)).rejects.toThrow(/ended with 1.*in use by another running Facet/s);
  expect((await call(first.url, '/health/ready')).status).toBe(200);
});
