import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNothingLost } from '../faults/nothing-lost.js';
import { analyzersOf, groupOf, isFfmpeg, type ProcessEntry } from '../faults/processes.js';
import { film, pacedFfmpeg, scenesAlone } from '../faults/videos.js';
import { analyze, call, ended, send, type Sending } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

let ground: Ground;
let facet: Facet;
let tools: string;
let picture: Buffer;
let broken: Buffer;

beforeAll(async () => {
  ground = await buildGround();
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
  picture = await solid(40, 30, '#336699').png().toBuffer();
  broken = Buffer.concat([picture.subarray(0, 40), Buffer.alloc(100)]);
  // A film of 18 s keeps this ffmpeg busy for many seconds a look; one at a time, so that the next one waits.
  facet = await startFacet(ground, { MAX_WORKERS: '1', FFMPEG_PATH: await pacedFfmpeg(tools, 1) });
});

afterEach(async () => {
  const { rows } = await ground.database.query('SELECT id FROM analyses');
  await Promise.all(rows.map(({ id }) => remove(id)));
  await eventually(
    () => filesOf(ground),
    (files) => files.length === 0,
    5,
  );
});

afterAll(async () => {
  const code = await facet.stop();
  await ground.remove();
  await rm(tools, { recursive: true, force: true });
  expect(code).toBe(0);
});

const cancel = (id: string) => call(facet.url, `/api/v1/analyses/${id}/cancel`, { method: 'POST' });
const retry = (id: string) => call(facet.url, `/api/v1/analyses/${id}/retry`, { method: 'POST' });
const remove = (id: string) => call(facet.url, `/api/v1/analyses/${id}`, { method: 'DELETE' });
const one = async (id: string) => (await call(facet.url, `/api/v1/results/${id}`)).body;
const statistics = async () => (await call(facet.url, '/api/v1/statistics')).body;

const accept = async (file: Buffer | string, sending: Sending = {}): Promise<string> => {
  const { status, body } = await send(facet.url, file, sending);
  expect(status).toBe(202);
  return body.analysis_id;
};

/** Sends in a film and waits until its ffmpeg runs; answers the analysis and the process that leads its group. */
async function filmUnderWay(): Promise<{ id: string; leader: number }> {
  const id = await accept(await film(), scenesAlone);
  const [analyzer] = await eventually(
    () => Promise.resolve(analyzersOf(facet.process.pid!).filter(({ pid }) => groupOf(pid).some(isFfmpeg))),
    (found: ProcessEntry[]) => found.length === 1,
  );
  return { id, leader: analyzer!.pid };
}

/** The promise of the API: what is not wanted any more is gone within two seconds, whatever it was doing. */
const expectGone = (leader: number) =>
  eventually(
    () => Promise.resolve(groupOf(leader)),
    (group) => group.length === 0,
    2,
  );

describe('cancelling', () => {
  it('takes a queued analysis out of the queue for good', async () => {
    const { id: ahead } = await filmUnderWay();
    const id = await accept(picture);
    const { status, body } = await cancel(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'cancelled', attempts: 0, results: null, started_at: null, error: null });
    expect(Date.parse(body.completed_at)).toBeGreaterThanOrEqual(Date.parse(body.created_at));
    await cancel(ahead);
    // The one behind it is done; so the worker has passed it by.
    const behind = await analyze(facet.url, picture);
    expect(behind.status).toBe('completed');
    expect(await one(id)).toEqual(body);
  });

  it('stops the process of a running analysis and its ffmpeg', async () => {
    const { id, leader } = await filmUnderWay();
    expect(groupOf(leader).length).toBeGreaterThanOrEqual(2);
    const { status, body } = await cancel(id);
    expect(status).toBe(200);
    await expectGone(leader);
    expect(body).toMatchObject({ status: 'cancelled', attempts: 1, results: null, artifacts: [] });
    expect(body.progress).toBeLessThan(100);
    expect(
      await eventually(
        () => filesOf(ground),
        (files) => files.length === 1,
        5,
      ),
    ).toEqual([expect.stringMatching(/source$/)]);
    expect(await one(id)).toEqual(body);
  });

  it('twice is once', async () => {
    const { id } = await filmUnderWay();
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(id)));
    for (const answer of [...answers, await cancel(id)])
      expect(answer).toMatchObject({ status: 200, body: answers[0]!.body });
  });

  it.each([
    ['completed', () => picture],
    ['failed', () => broken],
  ])('is refused once it is %s', async (status, file) => {
    const row = await analyze(facet.url, file());
    expect(row.status).toBe(status);
    const answer = await cancel(row.id);
    expectRefusal(answer, 409, 'analysis_not_cancellable');
    expect(answer.body.error.details).toEqual({ status });
    expect(await one(row.id)).toEqual(row);
  });
});

describe('trying again', () => {
  it('starts a failed analysis over', async () => {
    const first = await analyze(facet.url, broken);
    expect(first).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'image_unreadable' } });
    const { status, body } = await retry(first.id);
    expect(status).toBe(202);
    expect(body).toMatchObject({ id: first.id, progress: 0, error: null, processing_time: null, completed_at: null });
    expect(body.job_id).not.toBe(first.job_id);
    const second = await eventually(
      () => one(first.id),
      (row) => row.attempts === 2 && row.status === 'failed',
    );
    expect(second).toMatchObject({ error: first.error, created_at: first.created_at });
  });

  it('completes what was cancelled', async () => {
    const { id: ahead } = await filmUnderWay();
    const id = await accept(picture);
    await cancel(id);
    expect(await retry(id)).toMatchObject({ status: 202, body: { status: 'queued' } });
    await cancel(ahead);
    const row = await ended(facet.url, id);
    expect(row).toMatchObject({ status: 'completed', progress: 100, attempts: 1 });
    expect(row.results.image).toMatchObject({ width: 40, height: 30 });
    expect((await call(facet.url, `/api/v1/results/${id}/artifacts/thumbnail.jpg`)).status).toBe(200);
  });

  it('happens once, however often it is asked for at the same time', async () => {
    const { id: ahead } = await filmUnderWay();
    const id = await accept(picture);
    await cancel(id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => retry(id)));
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused).toHaveLength(9);
    for (const answer of refused) expectRefusal(answer, 409, 'analysis_not_retryable');
    await cancel(ahead);
    expect(await ended(facet.url, id)).toMatchObject({ status: 'completed', attempts: 1 });
  });

  it('is refused while it waits, runs, or is completed', async () => {
    const { id: running } = await filmUnderWay();
    const waiting = await accept(picture);
    for (const [id, status] of [
      [running, 'processing'],
      [waiting, 'queued'],
    ] as const) {
      const answer = await retry(id);
      expectRefusal(answer, 409, 'analysis_not_retryable');
      expect(answer.body.error.details).toEqual({ status });
    }
    await cancel(running);
    await ended(facet.url, waiting);
    expectRefusal(await retry(waiting), 409, 'analysis_not_retryable');
  });

  it('of a running film stopped a moment ago leaves one attempt at work', async () => {
    const { id, leader } = await filmUnderWay();
    await cancel(id);
    await retry(id);
    await expectGone(leader);
    await eventually(
      () => Promise.resolve(analyzersOf(facet.process.pid!).filter(({ pid }) => groupOf(pid).some(isFfmpeg))),
      (found) => found.length === 1 && found[0]!.pid !== leader,
    );
    expect(await one(id)).toMatchObject({ status: 'processing', attempts: 2 });
  });
});

describe('removing', () => {
  const routes = [
    'results/ID',
    'progress/ID',
    'progress/ID/stream',
    'results/ID/download/json',
    'results/ID/artifacts/thumbnail.jpg',
  ];

  const expectNothingLeft = async (id: string) => {
    for (const route of routes) {
      expectRefusal(await call(facet.url, `/api/v1/${route.replace('ID', id)}`), 404, 'analysis_not_found');
    }
    expect((await call(facet.url, '/api/v1/results')).body.items).toEqual([]);
    expect(await statistics()).toMatchObject({ total_analyses: 0, completed: 0, average_processing_time: 0 });
    await eventually(
      () => filesOf(ground),
      (files) => files.length === 0,
      5,
    );
  };

  it('takes the row, its files and its share of the totals with it', async () => {
    const { id } = await analyze(facet.url, picture);
    const kept = await analyze(facet.url, picture);
    expect((await statistics()).total_analyses).toBe(2);
    // The folder in which they were worked on goes a moment after the end has been told.
    expect(
      await eventually(
        () => filesOf(ground),
        (files) => files.length === 4,
        10,
      ),
    ).toHaveLength(4);
    const { status, body } = await remove(id);
    expect({ status, body }).toEqual({ status: 204, body: '' });
    expectRefusal(await remove(id), 404, 'analysis_not_found');
    expect(await statistics()).toMatchObject({ total_analyses: 1, completed: 1, success_rate: 100 });
    expect((await filesOf(ground)).every((file) => file.includes(kept.id))).toBe(true);
    expect(await filesOf(ground)).toHaveLength(2);
    await remove(kept.id);
    await expectNothingLeft(kept.id);
  });

  it('stops what runs, though its id is written in capitals, and the next one has its turn', async () => {
    const { id, leader } = await filmUnderWay();
    const next = await accept(picture);
    expect((await remove(id.toUpperCase())).status).toBe(204);
    await expectGone(leader);
    expect(await ended(facet.url, next)).toMatchObject({ status: 'completed' });
    await remove(next);
    await expectNothingLeft(id);
  });

  it('takes what waits out of the queue', async () => {
    const { id: ahead } = await filmUnderWay();
    const id = await accept(picture);
    expect((await remove(id)).status).toBe(204);
    await remove(ahead);
    await expectNothingLeft(id);
    expect(await analyze(facet.url, picture)).toMatchObject({ status: 'completed' });
  });

  it('once is enough, however often it is asked for at the same time', async () => {
    const { id } = await analyze(facet.url, picture);
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => remove(id)))).map(({ status }) => status);
    expect(statuses).toContain(204);
    expect(statuses.filter((status) => status !== 204 && status !== 404)).toEqual([]);
    await expectNothingLeft(id);
  });

  it('in the very moment of completion leaves nothing either', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await accept(picture);
      await eventually(
        () => one(id),
        ({ status }) => status !== 'queued',
      );
      expect((await remove(id)).status).toBe(204);
    }
    await analyze(facet.url, picture);
    expect(await countRows(ground)).toBe(1);
    const mine = (await one((await call(facet.url, '/api/v1/results')).body.items[0].id)).id;
    await eventually(
      () => filesOf(ground),
      (files) => files.length === 2 && files.every((file) => file.includes(mine)),
      5,
    );
  });
});

it('has lost nothing in all of this', async () => {
  await expectNothingLost(ground, []);
});
