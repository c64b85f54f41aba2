import { buildDoor, failureOf } from '../../../test/support/network/door.js';
import { buildOddServer, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import { eventually } from '../../../test/support/facet.js';
import type { BatchSettings } from '../../platform/config/batch-settings.js';
import type { OutboundService } from '../../platform/outbound/outbound.service.js';
import { type PolitenessPolicy, UNLIMITED } from '../../platform/outbound/scheduling/politeness-policy.js';
import type { Executor } from '../executors/executor.js';
import { Attempts } from './attempts.js';
import { type Ending, OpenChunk, type Row } from './row.js';
import { RowEngine } from './row-engine.js';

let server: OddServer;
let door: OutboundService;
let polite: PolitenessPolicy;
let engine: RowEngine;
let endings: { row: Row; ending: Ending }[];
/** How often a row has asked whether it may go. */
let looks: number;

beforeEach(async () => {
  server = await buildOddServer((request, response, odd) => {
    if (request.url?.startsWith('/slow')) setTimeout(() => response.end('{}'), 50);
    else misbehave(request, response, odd);
  });
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
});

/** Rows are pictures that are fetched, and nothing is done with them. */
const fetching: Executor = {
  hostOf: ({ host }) => host,
  waitBefore: ({ host }) => {
    looks += 1;
    return door.waitBefore(host, polite);
  },
  run: async ({ url }) => {
    const { body } = await door.fetch({ url, ownerId: null, politeness: polite });
    return { result: body.toString(), cached: false, keys: [] };
  },
};

function build(settings: Partial<BatchSettings>): void {
  ({ door, polite } = buildDoor({ OUTBOUND_ALLOW: '127.0.0.0/8', OUTBOUND_HOST_RATE: 10_000, ...settings }));
  const own: typeof endings = (endings = []);
  looks = 0;
  engine = new RowEngine({
    concurrency: 64,
    circuitPatienceSeconds: door.circuitPatienceSeconds,
    attempts: new Attempts(door),
    cache: { recall: () => null, remember: () => undefined },
    executorOf: () => fetching,
    mayAsk: () => endings === own,
    ended: (row, ending) => own.push({ row, ending }),
    landed: () => undefined,
    filled: () => undefined,
  });
}

function add(url: string, rows = 1, uploadId = 'upload'): OpenChunk {
  const work = { uploadId, ownerId: 'owner', analyzer: 'image', features: [], options: {} } as const;
  const chunk = new OpenChunk('batch', 1, 1, work);
  for (let rowNumber = 1; rowNumber <= rows; rowNumber += 1) {
    engine.add({ chunk, rowNumber, url, host: new URL(url).host, key: null, tries: 0, waitingSince: null });
  }
  engine.pump();
  return chunk;
}

const ended = (rows: number, seconds: number) =>
  eventually(
    () => Promise.resolve(endings),
    ({ length }) => length >= rows,
    seconds,
  );

it('does not wait for ever for the circuit of a host that a row is redirected to', async () => {
  build({ OUTBOUND_CIRCUIT_VOLUME: 5, OUTBOUND_CIRCUIT_PATIENCE: 0.3 });
  const ill = await buildOddServer(misbehave);
  for (let time = 0; time < 5; time += 1) {
    await failureOf(door.fetch({ url: `${ill.url}/status?code=500`, ownerId: null, politeness: UNLIMITED }));
  }
  add(`${server.url}/to?location=${ill.url}/`);
  const [first] = await ended(1, 3);
  expect(first?.ending).toMatchObject({ failure: { class: 'circuit_open' }, attempts: 0 });
  await ill.close();
});

it('asks a busy host for as many rows as it has places, however many wait', async () => {
  build({ OUTBOUND_HOST_CONCURRENCY: 4 });
  add(`${server.url}/slow`, 4000);
  const few = add(`${server.url}/slow`, 8, 'few');
  await ended(40, 5);
  expect(endings.filter(({ row }) => row.chunk === few)).toHaveLength(8);
  // Four places, and one look of each line in 20 ms.
  expect(looks).toBeLessThan(8 * endings.length);
  expect(endings.every(({ ending }) => ending.failure === null)).toBe(true);
  expect(engine.ready).toBeLessThan(10);
});

it('gives up all who wait for a circuit when their patience ends, and goes on when it closes', async () => {
  build({ OUTBOUND_CIRCUIT_VOLUME: 5, OUTBOUND_CIRCUIT_RESET: 0.2, OUTBOUND_CIRCUIT_PATIENCE: 0.5 });
  let ill = true;
  const host = await buildOddServer((_request, response) => response.writeHead(ill ? 500 : 200).end('{}'));
  const fall = () => failureOf(door.fetch({ url: host.url, ownerId: null, politeness: UNLIMITED }));
  for (let time = 0; time < 5; time += 1) await fall();
  add(host.url, 500);
  await ended(490, 3);
  expect(endings.filter(({ ending }) => ending.failure?.class === 'circuit_open').length).toBeGreaterThan(480);
  expect(looks).toBeLessThan(100);

  endings.length = 0;
  add(host.url, 500);
  ill = false;
  await ended(500, 3);
  expect(endings.filter(({ ending }) => ending.failure === null).length).toBeGreaterThan(490);
  await host.close();
});

it('lets the others of a line go on when a chunk is removed', async () => {
  build({ OUTBOUND_HOST_CONCURRENCY: 1 });
  const gone = add(`${server.url}/slow`, 100);
  const stays = add(`${server.url}/slow`, 5);
  await ended(1, 3);
  engine.remove(gone);
  await eventually(
    () => Promise.resolve(endings.filter(({ row }) => row.chunk === stays)),
    ({ length }) => length === 5,
    3,
  );
  expect(endings.length).toBeLessThan(10);
});

it('obeys a host that limits its rate until its patience ends, and tries one that answers nobody as often as any', async () => {
  build({ OUTBOUND_CIRCUIT_PATIENCE: 1.5, OUTBOUND_RETRY_ATTEMPTS: 1, OUTBOUND_RETRY_DELAY: 0 });
  const deaf = await buildOddServer(misbehave);
  await door.fetch({ url: server.url, ownerId: null, politeness: UNLIMITED });
  add(`${server.url}/status?code=429&after=1`);
  add(`${deaf.url}/status?code=429&after=1`);
  await ended(2, 5);
  expect(endings.map(({ ending }) => ending)).toMatchObject([
    { failure: { class: 'rate_limited' }, attempts: 1 },
    { failure: { class: 'rate_limited' }, attempts: 3 },
  ]);
  await deaf.close();
});
