import { getEventListeners } from 'node:events';
import { Draining } from '../draining.js';
import { HealthParts } from '../health-parts.js';
import { EventsService } from '../events/events.service.js';
import type { Caller } from './caller.js';
import { StateStreamsService, type StateSource } from './state-streams.service.js';

const caller: Caller = {
  requestId: 'r',
  ipAddress: '192.0.2.1',
  userAgent: null,
  ownerId: 'owner',
  role: 'user',
  scopes: [],
  sessionId: 'session',
  apiKeyId: null,
  stillValid: () => Promise.resolve(true),
};

/** Something that has come to its end. */
const over: StateSource<number> = {
  topics: [],
  first: 1,
  next: (before) => Promise.resolve(before),
  describe: (state) => ({ id: String(state), name: 'completed', data: {}, last: true }),
};

it('holds on to no stream that has ended', async () => {
  const [draining, events] = [new Draining(new HealthParts()), Reflect.construct(EventsService, [null, null]) as EventsService];
  const streams = new StateStreamsService(draining, events);
  streams.onModuleInit();
  const { signal } = Reflect.get(streams, 'stopped') as AbortController;
  for (let count = 0; count < 3; count++) {
    const text = (await streams.open(caller, over, undefined).toArray()).join('');
    expect(text).toContain('event: completed');
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
