import { EventEmitter, getEventListeners, once } from 'node:events';
import type { Readable } from 'node:stream';
import { Shutdown } from '../../lifecycle/shutdown.js';
import { HealthParts } from '../../lifecycle/health-parts.js';
import { EventsService } from '../../events/events.service.js';
import type { Caller } from '../principal.js';
import { StateStreamsService } from './state-streams.service.js';
import type { Subject } from './subject.js';

/** Redis as `EventsService` subscribes to it. */
class Subscriber extends EventEmitter {
  status = 'ready';
  subscribe = () => Promise.resolve();
}

const caller: Caller = {
  requestId: 'r',
  ipAddress: '192.0.2.1',
  userAgent: null,
  ownerId: 'owner',
  role: 'user',
  scopes: [],
  sessionId: 'session',
  apiKeyId: null,
  stillValid: () => Promise.resolve(isValid),
};

let isValid: boolean;
let draining: Shutdown;
let subscriber: Subscriber;
let streams: StateStreamsService;
/** The truth, and how often each subject was read. */
let value: number;
let reads: Record<string, number>;
let opened: Readable[];

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  [isValid, value, reads, opened] = [true, 1, {}, []];
  [draining, subscriber] = [new Shutdown(new HealthParts()), new Subscriber()];
  const events = Reflect.construct(EventsService, [null, subscriber]) as EventsService;
  events.onModuleInit();
  streams = new StateStreamsService(draining, events);
  streams.onModuleInit();
  await pass(0);
});

afterEach(() => {
  for (const stream of opened) stream.destroy();
  jest.useRealTimers();
});

const subject = (id: string, more: Partial<Subject<number>> = {}): Subject<number> => ({
  key: id,
  topics: [id],
  read: () => {
    reads[id] = (reads[id] ?? 0) + 1;
    return Promise.resolve(value);
  },
  describe: (state) => ({
    id: `state-${state}`,
    name: state >= 100 ? 'completed' : 'progress',
    data: { state },
    last: state >= 100,
  }),
  ...more,
});

/** Opens a stream and returns what has been heard on it, `|` after the last. */
function listen(about: Subject<number>, as = caller, lastEventId?: string): { text: string; stream: Readable } {
  const stream = streams.open(as, about, { state: value, readAt: performance.now() }, lastEventId);
  const heard = { text: '', stream };
  stream.on('data', (piece: string) => (heard.text += piece)).on('end', () => (heard.text += '|'));
  opened.push(stream);
  return heard;
}

const told = ({ text }: { text: string }): string[] =>
  [...text.matchAll(/^(?:id: state-(\d+)|: (alive))$|(\|)/gm)].map(
    ([, state, alive, end]) => state ?? alive ?? end ?? '',
  );

async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed <= milliseconds; passed += 250) {
    await jest.advanceTimersByTimeAsync(Math.min(250, milliseconds - passed));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function publish(id: string, type = 'analysis.progress'): Promise<void> {
  subscriber.emit('message', 'facet:events', JSON.stringify({ type, id }));
  await pass(0);
  await pass(10);
}

it('reads a subject once for all who watch it, and only when something happened or 15 s have passed', async () => {
  const listeners = Array.from({ length: 500 }, () => listen(subject('one')));
  await pass(1000);
  expect(reads).toEqual({ one: 1 });
  await pass(13_000);
  expect(reads).toEqual({ one: 1 });
  value = 2;
  await publish('another');
  expect(reads).toEqual({ one: 1 });
  await publish('one');
  expect(reads).toEqual({ one: 2 });
  for (const listener of listeners) expect(told(listener)).toEqual(['1', '2']);
  await pass(60_000);
  expect(reads).toEqual({ one: 6 });
});

it('tells of a lost event within 15 s, and that it lives while nothing changes', async () => {
  const listener = listen(subject('one'));
  await pass(1000);
  value = 2;
  await pass(14_500);
  expect(told(listener).filter((what) => what !== 'alive')).toEqual(['1', '2']);
  const before = told(listener).length;
  await pass(31_000);
  expect(told(listener).slice(before)).toEqual(['alive', 'alive']);
});

it('reads every 2 s while events cannot be heard, and once when they can be again', async () => {
  const listener = listen(subject('one'));
  await pass(1000);
  subscriber.emit('close');
  value = 2;
  await pass(2_250);
  expect(told(listener)).toEqual(['1', '2']);
  await pass(8_000);
  expect(reads.one).toBe(6);
  value = 3;
  subscriber.emit('ready');
  await pass(1_250);
  expect(told(listener)).toEqual(['1', '2', '3']);
  const before = reads.one!;
  await pass(12_000);
  expect(reads.one).toBe(before);
});

it('notices what happens between the first read and the subscription', async () => {
  const about = subject('one');
  const listener = listen(about);
  value = 2;
  await pass(250);
  expect(told(listener)).toEqual(['1', '2']);
});

it('reads no sooner after events of others than every 2 s, and of itself than the subject allows', async () => {
  listen(subject('one', { relatedTopics: () => ['analysis.started'], minReadIntervalMs: 500 }));
  await pass(3000);
  for (let time = 0; time < 10; time += 1) await publish('other', 'analysis.started');
  expect(reads.one).toBe(2);
  await pass(2000);
  expect(reads.one).toBe(3);
  for (let time = 0; time < 10; time += 1) await publish('one');
  expect(reads.one).toBe(3);
  await pass(750);
  expect(reads.one).toBe(4);
});

it('follows topics of others only while the state depends on them', async () => {
  listen(subject('one', { relatedTopics: (state) => (state === 1 ? ['analysis.started'] : []) }));
  await pass(3000);
  value = 2;
  await publish('one');
  const before = reads.one;
  await publish('other', 'analysis.started');
  await pass(5000);
  expect(reads.one).toBe(before);
});

it('begins with what was read when the stream was opened, and never goes back', async () => {
  const early = listen(subject('one'));
  await pass(3000);
  value = 7;
  const late = listen(subject('one'));
  await pass(250);
  expect([told(early), told(late)]).toEqual([['1', '7'], ['7']]);
});

it('ends every stream with the last state, also one that knew it, and reads no more', async () => {
  const [one, other] = [listen(subject('one')), listen(subject('one'))];
  await pass(250);
  value = 100;
  await publish('one');
  expect([told(one), told(other)]).toEqual([
    ['1', '100', '|'],
    ['1', '100', '|'],
  ]);
  const again = listen(subject('one'), caller, 'state-100');
  await pass(250);
  expect(told(again)).toEqual(['100', '|']);
  const before = reads.one;
  await publish('one');
  await pass(40_000);
  expect(reads.one).toBe(before);
  expect(jest.getTimerCount()).toBe(0);
});

it('does not tell again what the client knows', async () => {
  const listener = listen(subject('one'), caller, 'state-1');
  await pass(250);
  expect(told(listener)).toEqual([]);
});

it('ends the stream of a caller who has lost their access, and no other', async () => {
  const lost = listen(subject('one'));
  const stays = listen(subject('one'), { ...caller, ownerId: 'other', stillValid: () => Promise.resolve(true) });
  await pass(250);
  isValid = false;
  await publish('owner', 'access.changed');
  value = 2;
  await publish('one');
  expect([told(lost), told(stays)]).toEqual([
    ['1', '|'],
    ['1', '2'],
  ]);
});

it('breaks the streams of a subject that cannot be read, and takes no others with them', async () => {
  const broken = listen(subject('broken', { read: () => Promise.reject(new Error('away')) }));
  const error = once(broken.stream, 'error');
  const stays = listen(subject('one'));
  await pass(250);
  expect(await error).toEqual([new Error('away')]);
  value = 2;
  await publish('one');
  expect(told(stays)).toEqual(['1', '2']);
});

it('keeps nothing of streams that have ended', async () => {
  const { signal } = Reflect.get(streams, 'stopped') as AbortController;
  const leaving = listen(subject('one'));
  await pass(1000);
  leaving.stream.destroy();
  await publish('one');
  const staying = listen(subject('two'));
  await pass(250);
  await draining.start();
  await pass(250);
  expect(told(staying)).toEqual(['1', '|']);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect((Reflect.get(streams, 'readers') as Map<string, unknown>).size).toBe(0);
  expect(jest.getTimerCount()).toBe(0);
});
