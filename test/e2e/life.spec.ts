import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { expectNothingLost } from '../faults/nothing-lost.js';
import { analyzersOf, groupOf, isFfmpeg } from '../faults/processes.js';
import { progressReaches } from '../faults/stage.js';
import { film, pacedFfmpeg } from '../faults/videos.js';
import { analyze, call, ended, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { filesOf } from './traces.js';

let ground: Ground;
let facet: Facet;
let tools: string;

/** One worker whose films take as long as to watch them at triple speed: there is time to interfere. */
beforeAll(async () => {
  ground = await buildGround();
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
  facet = await startFacet(ground, { MAX_WORKERS: '1', FFMPEG_PATH: await pacedFfmpeg(tools, 3) });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
  await rm(tools, { recursive: true });
});

const note = Buffer.from('A short note for the harbour master.\n');
const post = (id: string, verb: string) => call(facet.url, `/api/v1/analyses/${id}/${verb}`, { method: 'POST' });
const remove = (id: string) => call(facet.url, `/api/v1/analyses/${id}`, { method: 'DELETE' });
const sendFilm = async (): Promise<string> => (await send(facet.url, await film())).body.analysis_id;

const ffmpegs = () =>
  analyzersOf(facet.process.pid!)
    .flatMap(({ pid }) => groupOf(pid))
    .filter(isFfmpeg);

it('stops a running analysis, and what was decoding for it', async () => {
  const id = await sendFilm();
  await progressReaches(facet, id, 5);
  expect(ffmpegs().length).toBeGreaterThan(0);

  const { status, body } = await post(id, 'cancel');
  expect(status).toBe(200);
  expect(body).toMatchObject({ id, status: 'cancelled', results: null, error: null });
  expect(body.progress).toBeLessThan(100);
  await eventually(
    () => Promise.resolve(ffmpegs()),
    (left) => left.length === 0,
    2,
  );

  expect((await post(id, 'cancel')).body.status).toBe('cancelled');
  expect((await call(facet.url, `/api/v1/results/${id}/download/json`)).body.error.code).toBe('analysis_not_completed');
});

it('stops a waiting analysis before it begins, and starts it over when asked', async () => {
  const running = await sendFilm();
  const waiting = (await send(facet.url, note, { filename: 'note.txt' })).body.analysis_id;
  await progressReaches(facet, running, 1);
  expect((await call(facet.url, `/api/v1/progress/${waiting}`)).body).toMatchObject({
    status: 'queued',
    queue_position: 1,
  });
  expect((await post(waiting, 'cancel')).body).toMatchObject({ status: 'cancelled', attempts: 0 });

  const { status, body } = await post(waiting, 'retry');
  expect(status).toBe(202);
  expect(body).toMatchObject({ status: 'queued', progress: 0, completed_at: null });
  expect(body.job_id).not.toBe(waiting);
  await post(running, 'cancel');
  expect(await ended(facet.url, waiting)).toMatchObject({
    status: 'completed',
    attempts: 1,
    results: { text: { words: 7 } },
  });
});

it('starts a failed analysis over, and fails again for the same reason', async () => {
  const first = await analyze(facet.url, Buffer.from('%PDF-1.7 and nothing more'));
  expect(first).toMatchObject({ status: 'failed', error: { code: 'document_unreadable' } });
  expect((await post(first.id, 'retry')).status).toBe(202);
  const again = await ended(facet.url, first.id);
  expect(again).toMatchObject({ status: 'failed', attempts: 2, error: first.error });
});

it('refuses what a completed analysis does not allow', async () => {
  const { id } = await analyze(facet.url, note);
  const cancel = await post(id, 'cancel');
  expect([cancel.status, cancel.body.error.code]).toEqual([409, 'analysis_not_cancellable']);
  const retry = await post(id, 'retry');
  expect([retry.status, retry.body.error.code]).toEqual([409, 'analysis_not_retryable']);
});

it('removes an analysis with all of its files, whatever it is doing', async () => {
  const before = (await call(facet.url, '/api/v1/statistics')).body;
  const done = (await analyze(facet.url, note)).id;
  const running = await sendFilm();
  await progressReaches(facet, running, 3);
  const waiting = (await send(facet.url, note)).body.analysis_id;
  for (const id of [done, running, waiting]) {
    expect((await remove(id)).status).toBe(204);
    expect((await call(facet.url, `/api/v1/results/${id}`)).status).toBe(404);
    expect((await remove(id)).body.error.code).toBe('analysis_not_found');
  }
  const own = (path: string) => [done, running, waiting].some((id) => path.includes(id));
  await eventually(
    async () => (await filesOf(ground)).filter(own),
    (left) => left.length === 0,
    5,
  );
  expect((await call(facet.url, '/api/v1/statistics')).body).toEqual(before);
});

it.each(['cancel', 'retry'])('knows no %s of what is not there', async (verb) => {
  expect((await post(uuid(), verb)).body.error.code).toBe('analysis_not_found');
  const malformed = await post('no-uuid', verb);
  expect(malformed.status).toBe(422);
  expect(malformed.body.error.details.fields).toEqual([{ field: 'id', message: 'must be a UUID' }]);
});

it('has lost nothing in all of this', async () => {
  await expectNothingLost(ground, []);
});
