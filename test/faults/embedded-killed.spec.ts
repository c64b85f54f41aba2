import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, send } from '../support/client.js';
import { embeddedDatabaseUrl, type Facet, launchFacet } from '../support/facet.js';
import { expectNothingLost } from './nothing-lost.js';
import { progressReaches } from './stage.js';
import { expectScenes, film, pacedFfmpeg, scenesAlone } from './videos.js';

jest.setTimeout(180_000);

let dataDirectory: string;
let tools: string;
const facets: Facet[] = [];

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'facet-killed-'));
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
});

afterAll(async () => {
  for (const facet of facets) await facet.stop();
  for (const folder of [dataDirectory, tools]) await rm(folder, { recursive: true });
});

async function startPaced(speed: number): Promise<Facet> {
  const facet = await launchFacet({
    DATA_DIR: dataDirectory,
    MAX_WORKERS: '2',
    FFMPEG_PATH: await pacedFfmpeg(await mkdtemp(join(tools, 'at-')), speed),
  });
  facets.push(facet);
  return facet;
}

it('does all that was queued and running when Facet and its servers were killed', async () => {
  const first = await startPaced(1);
  const ids: string[] = [];
  for (let sent = 0; sent < 4; sent++) ids.push((await send(first.url, await film(), scenesAlone)).body.analysis_id);
  await progressReaches(first, ids[0]!, 6);
  await progressReaches(first, ids[1]!, 6);
  first.kill('SIGKILL');

  const second = await startPaced(12);
  const attempts = [];
  for (const id of ids) {
    const row = await ended(second.url, id);
    expect(row.status).toBe('completed');
    expectScenes(row);
    attempts.push(row.attempts);
  }
  expect(attempts).toEqual([2, 2, 1, 1]);
  await expectNothingLost({ databaseUrl: await embeddedDatabaseUrl(dataDirectory), dataDirectory }, ids);
  expect(await second.stop()).toBe(0);
});
