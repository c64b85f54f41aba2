import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { film, pacedFfmpeg, scenesAlone } from '../faults/videos.js';
import { call, ended, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { type Listening, listen } from './event-stream.js';
import { buildRow, idOf, insertRows } from './rows.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let api: Facet;
let tools: string;
let picture: Buffer;

beforeAll(async () => {
  ground = await buildGround();
  tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
  picture = await solid(40, 30, '#336699').png().toBuffer();
  api = await startFacet(ground, { ROLE: 'api' });
});

afterAll(async () => {
  const code = await api.stop();
  await ground.remove();
  await rm(tools, { recursive: true, force: true });
  expect(code).toBe(0);
});

const progressOf = async (id: string) => (await call(api.url, `/api/v1/progress/${id}`)).body;

const stream = (id: string, lastEventId?: string): Promise<Listening> =>
  listen(api.url, `/api/v1/progress/${id}/stream`, lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId });

const cancel = (id: string) => call(api.url, `/api/v1/analyses/${id}/cancel`, { method: 'POST' });

const sendPicture = async (): Promise<string> => (await send(api.url, picture)).body.analysis_id;

const heardFirst = (listening: Listening) =>
  eventually(
    () => Promise.resolve(listening.events),
    (events) => events.length > 0,
    5,
  );

describe('while nobody works', () => {
  it('an analysis waits, and is told its place', async () => {
    const id = await sendPicture();
    expect(await progressOf(id)).toEqual({
      analysis_id: id,
      status: 'queued',
      progress: 0,
      message: expect.stringMatching(/\w/),
      elapsed_time: 0,
      queue_position: 1,
    });
    await cancel(id);
    expect(await progressOf(id)).toMatchObject({
      status: 'cancelled',
      progress: 0,
      elapsed_time: 0,
      queue_position: null,
    });
  });

  it('a stream begins with what is known and ends with what happened', async () => {
    const id = await sendPicture();
    const listening = await stream(id);
    expect(listening.status).toBe(200);
    expect(listening.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(listening.headers.get('cache-control')).toContain('no-cache');
    const [first] = await heardFirst(listening);
    expect(first).toEqual({
      id: expect.stringMatching(/^[\x21-\x7e]+$/),
      event: 'progress',
      data: await progressOf(id),
    });

    await cancel(id);
    const events = await listening.ended;
    expect(events.map(({ event }) => event)).toEqual(['progress', 'cancelled']);
    expect(events[1]!.data).toEqual(await progressOf(id));
    expect(events[1]!.id).not.toBe(first!.id);
  });

  it('a client that comes back is not told again what it knows', async () => {
    const id = await sendPicture();
    const before = await stream(id);
    const [known] = await heardFirst(before);
    before.close();

    const again = await stream(id, known!.id);
    const other = await stream(id, 'something-else');
    await heardFirst(other);
    expect(again.events).toEqual([]);
    await cancel(id);
    expect((await again.ended).map(({ event }) => event)).toEqual(['cancelled']);
    expect((await other.ended).map(({ event }) => event)).toEqual(['progress', 'cancelled']);
  });

  it('a stream tells of moving up in the queue', async () => {
    const [ahead, behind] = [await sendPicture(), await sendPicture()];
    const listening = await stream(behind);
    await heardFirst(listening);
    await cancel(ahead);
    await eventually(
      () => Promise.resolve(listening.events.length),
      (count) => count === 2,
      10,
    );
    expect(listening.events.map(({ data }) => data.queue_position)).toEqual([2, 1]);
    await cancel(behind);
    await listening.ended;
  });

  it.each([
    ['completed', 100],
    ['failed', 0],
    ['cancelled', 0],
  ] as const)('a stream of what is %s says so and ends, whatever the client knew', async (status, progress) => {
    const row = buildRow(`ended-${status}`, { status });
    await insertRows(ground, [row]);
    const [event, ...rest] = await (await stream(row.id)).ended;
    expect(event).toMatchObject({
      event: status,
      data: { analysis_id: row.id, status, progress, queue_position: null },
    });
    expect(rest).toEqual([]);
    expect((await (await stream(row.id, event!.id)).ended).map(({ event: name }) => name)).toEqual([status]);
  });

  it('a failure is told in words', async () => {
    await insertRows(ground, [buildRow('words', { status: 'failed' })]);
    expect((await progressOf(idOf('words'))).message).toBe('The image is damaged or incomplete.');
  });

  it('a stream of what is removed ends as cancelled', async () => {
    const id = await sendPicture();
    const listening = await stream(id);
    await heardFirst(listening);
    await call(api.url, `/api/v1/analyses/${id}`, { method: 'DELETE' });
    const last = (await listening.ended).at(-1);
    expect(last).toMatchObject({ event: 'cancelled', data: { analysis_id: id, status: 'cancelled' } });
  });

  it('a stream of nothing is refused as JSON', async () => {
    for (const [id, status, code] of [
      [idOf('nobody'), 404, 'analysis_not_found'],
      ['nothing', 422, 'validation_failed'],
    ] as const) {
      const headers = { Accept: 'text/event-stream' };
      expectRefusal(await call(api.url, `/api/v1/progress/${id}/stream`, { headers }), status, code);
    }
    await insertRows(ground, [buildRow('foreign', { owner_id: idOf('owner') })]);
    expectRefusal(await call(api.url, `/api/v1/progress/${idOf('foreign')}/stream`), 404, 'analysis_not_found');
  });

  it('the head of a stream can be asked for', async () => {
    const row = buildRow('head');
    await insertRows(ground, [row]);
    const { status, body } = await call(api.url, `/api/v1/progress/${row.id}/stream`, { method: 'HEAD' });
    expect({ status, body }).toEqual({ status: 200, body: '' });
  });
});

describe('while a worker in another process works', () => {
  let worker: Facet;

  beforeAll(async () => {
    // A film of 18 s takes this ffmpeg 3 s a look.
    worker = await startFacet(ground, { ROLE: 'worker', FFMPEG_PATH: await pacedFfmpeg(tools, 6) });
  });

  afterAll(async () => {
    expect(await worker.stop()).toBe(0);
  });

  it('progress rises to 100, which is completion, and both ways of asking tell the same', async () => {
    const { body } = await send(api.url, await film(), scenesAlone);
    const id: string = body.analysis_id;
    const listening = await stream(id);
    const asked = [];
    while (asked.at(-1)?.status !== 'completed') {
      asked.push(await progressOf(id));
      await delay(25);
    }
    const events = await listening.ended;

    for (const told of [asked, events.map(({ data }) => data)]) {
      const numbers = told.map(({ progress }) => progress);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBeGreaterThan(5);
      for (const { status, progress } of told)
        expect({ status, full: progress === 100 }).toEqual({ status, full: status === 'completed' });
      // The end is written down a moment before it can be seen.
      const times = told.filter(({ status }) => status === 'processing').map(({ elapsed_time }) => elapsed_time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const order = ['queued', 'processing', 'completed'];
      const states = told.map(({ status }) => order.indexOf(status));
      expect(states).toEqual([...states].sort());
      expect(told.at(-1)).toMatchObject({ status: 'completed', progress: 100, queue_position: null });
    }
    expect(events.map(({ event }) => event)).toEqual([...Array(events.length - 1).fill('progress'), 'completed']);
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(new Set(asked.map(({ message }) => message)).size).toBeGreaterThan(2);
  });

  it('what was reached stands when the analysis is cancelled, and a retry starts over', async () => {
    const { body } = await send(api.url, await film(), scenesAlone);
    const id: string = body.analysis_id;
    const reached = await eventually(
      () => progressOf(id),
      ({ progress }) => progress >= 20,
    );
    await cancel(id);
    const after = await progressOf(id);
    expect(after.status).toBe('cancelled');
    expect(after.progress).toBeGreaterThanOrEqual(reached.progress);
    expect(after.progress).toBeLessThan(100);

    const { body: again } = await call(api.url, `/api/v1/analyses/${id}/retry`, { method: 'POST' });
    expect(again.progress).toBe(0);
    const events = await (await stream(id)).ended;
    expect(events[0]!.data.progress).toBeLessThan(reached.progress);
    expect(events.at(-1)).toMatchObject({ event: 'completed', data: { progress: 100 } });
  });

  it('a stream ends as failed with the reason', async () => {
    const broken = Buffer.concat([picture.subarray(0, 40), Buffer.alloc(100)]);
    const { body } = await send(api.url, broken);
    const last = (await (await stream(body.analysis_id)).ended).at(-1);
    const row = await ended(api.url, body.analysis_id);
    expect(last).toMatchObject({ event: 'failed', data: { status: 'failed', message: row.error.message } });
    expect(last!.data.progress).toBeLessThan(100);
  });

  it('many may listen to one analysis, and leave without a word', async () => {
    const { body } = await send(api.url, await film(), scenesAlone);
    const listeners = await Promise.all(Array.from({ length: 20 }, () => stream(body.analysis_id)));
    await Promise.all(listeners.map(heardFirst));
    for (const listener of listeners.slice(0, 10)) listener.close();
    await cancel(body.analysis_id);
    for (const listener of listeners.slice(10)) expect((await listener.ended).at(-1)!.event).toBe('cancelled');
    expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
