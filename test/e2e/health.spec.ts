import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzersOf, groupOf, isFfmpeg } from '../faults/processes.js';
import { film, pacedFfmpeg, scenesAlone } from '../faults/videos.js';
import { call, ended, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { listen } from './event-stream.js';
import { dial } from './raw-http.js';
import { expectRefusal, filesOf } from './traces.js';

let ground: Ground;
let tools: string;

beforeAll(async () => {
  ground = await buildGround();
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
});

afterAll(async () => {
  await ground.remove();
  await rm(tools, { recursive: true, force: true });
});

const up = { status: 'up' };

describe('a process that runs', () => {
  let facet: Facet;

  beforeAll(async () => {
    facet = await startFacet(ground);
  });

  afterAll(() => facet.stop());

  it('lives', async () => {
    expect(await call(facet.url, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is ready, and says what it depends on', async () => {
    const parts = { postgres: up, redis: up, process: up, storage: up };
    expect(await call(facet.url, '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', info: parts, error: {}, details: parts },
    });
  });

  it('tells its whole state', async () => {
    const models = { ...up, missing: [] };
    const parts = { postgres: up, redis: up, process: up, limits: up, storage: up, disk: up, models };
    const { status, body } = await call(facet.url, '/health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      info: parts,
      error: {},
      details: parts,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      uptime: expect.any(Number),
    });
  });
});

it('a worker tells its health and serves nothing else', async () => {
  const worker = await startFacet(ground, { ROLE: 'worker' });
  for (const path of ['/health', '/health/live', '/health/ready'])
    expect((await call(worker.url, path)).status).toBe(200);
  for (const path of ['/api/v1/results', '/api/v1/statistics', '/api/v1/analyzers', '/api/docs', '/results']) {
    expectRefusal(await call(worker.url, path), 404, 'route_not_found');
  }
  expect(await worker.stop()).toBe(0);
});

describe('a process that is asked to end while a film runs', () => {
  /** Starts a process whose ffmpeg has so many times the speed of the film, which lasts 18 s, and lets it begin. */
  const begin = async (speed: number) => {
    const facet = await startFacet(ground, {
      FFMPEG_PATH: await pacedFfmpeg(await mkdtemp(join(tools, 'at-')), speed),
    });
    const { body } = await send(facet.url, await film(), scenesAlone);
    const [analyzer] = await eventually(
      () => Promise.resolve(analyzersOf(facet.process.pid!).filter(({ pid }) => groupOf(pid).some(isFfmpeg))),
      (found) => found.length === 1,
    );
    return { facet, id: body.analysis_id as string, leader: analyzer!.pid };
  };

  const rowOf = async (id: string) => {
    const { rows } = await ground.database.query('SELECT * FROM analyses WHERE id = $1', [id]);
    return rows[0];
  };

  it('is not ready any more, takes up nothing new, hands its work back, and ends in order', async () => {
    const { facet, id, leader } = await begin(1);
    const listening = await listen(facet.url, `/api/v1/progress/${id}/stream`);
    const end = facet.stop();

    const notReady = await eventually(
      () => call(facet.url, '/health/ready'),
      ({ status }) => status === 503,
      5,
    );
    expect(notReady.body).toMatchObject({
      status: 'error',
      error: { process: { status: 'down', message: 'draining' } },
      details: { postgres: up, redis: up, process: { status: 'down', message: 'draining' } },
    });
    expect((await call(facet.url, '/health/live')).status).toBe(200);
    // Whoever listens is sent away to another process, in good order.
    expect((await listening.ended).every(({ event }) => event === 'progress')).toBe(true);
    const picture = await solid(40, 30, '#336699').png().toBuffer();
    const late = await send(facet.url, picture);

    expect(await end).toBe(0);
    expect(groupOf(leader)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'queued', attempts: 1, crashes: 0, worker_id: null });
    if (late.status === 202)
      expect(await rowOf(late.body.analysis_id)).toMatchObject({ status: 'queued', attempts: 0 });
    expect((await filesOf(ground)).filter((file) => !file.endsWith('source'))).toEqual([]);

    const next = await startFacet(ground);
    expect(await ended(next.url, id)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await next.stop()).toBe(0);
  });

  it('finishes what takes only a moment more', async () => {
    const { facet, id } = await begin(18);
    expect(await facet.stop()).toBe(0);
    expect(await rowOf(id)).toMatchObject({ status: 'completed', attempts: 1, progress: 100 });
  });
});

it('a connection that says nothing does not keep the process from ending', async () => {
  const facet = await startFacet(ground, { ROLE: 'api' });
  const [silent, halfway] = [await dial(facet.url), await dial(facet.url)];
  await halfway.write('GET /health HTTP/1.1\r\nHo');
  expect(await facet.stop()).toBe(0);
  expect([silent.socket.destroyed || silent.socket.readableEnded, halfway.socket.destroyed]).toContain(true);
});
