import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { progressReaches } from '../faults/stage.js';
import { film, pacedFfmpeg } from '../faults/videos.js';
import { call, send } from '../support/client.js';
import { buildGround, eventually, type Ground, startFacet } from '../support/facet.js';

let ground: Ground;
let tools: string;

beforeAll(async () => {
  ground = await buildGround();
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
});

afterAll(async () => {
  await ground.remove();
  await rm(tools, { recursive: true });
});

const UP = { status: 'up' };

it('tells of itself and of all it depends on', async () => {
  const facet = await startFacet(ground);
  expect((await call(facet.url, '/health/live')).body).toEqual({ status: 'ok' });
  const ready = await call(facet.url, '/health/ready');
  expect(ready.status).toBe(200);
  expect(ready.body).toMatchObject({ status: 'ok', error: {}, details: { postgres: UP, redis: UP, process: UP } });
  const { body } = await call(facet.url, '/health');
  expect(body).toMatchObject({
    status: 'ok',
    details: { storage: UP },
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  expect(body.uptime).toBeGreaterThanOrEqual(0);
  expect(await facet.stop()).toBe(0);
});

it('serves nothing but its health from a worker', async () => {
  const worker = await startFacet(ground, { ROLE: 'worker' });
  expect((await call(worker.url, '/health/ready')).status).toBe(200);
  for (const path of ['/api/v1/results', '/api/v1/analyzers', '/api/docs', '/statistics']) {
    expect((await call(worker.url, path)).body.error.code).toBe('route_not_found');
  }
  expect(await worker.stop()).toBe(0);
});

it('is alive but not ready while it comes to rest, hands its work back, and ends with 0', async () => {
  const facet = await startFacet(ground, { FFMPEG_PATH: await pacedFfmpeg(tools, 1) });
  const { analysis_id: id } = (await send(facet.url, await film())).body;
  await progressReaches(facet, id, 2);

  const exit = facet.stop();
  const draining = await eventually(
    () => call(facet.url, '/health/ready'),
    ({ status }) => status === 503,
    5,
  );
  expect(draining.body).toMatchObject({ status: 'error', error: { process: { status: 'down', message: 'draining' } } });
  expect((await call(facet.url, '/health/live')).status).toBe(200);
  expect(await exit).toBe(0);

  const { rows } = await ground.database.query('SELECT status, attempts, crashes, lease_until FROM analyses');
  expect(rows).toEqual([{ status: 'queued', attempts: 1, crashes: 0, lease_until: null }]);
});
