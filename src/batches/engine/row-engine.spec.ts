import { buildDoor, failureOf } from '../../../test/support/network/door.js';
import { buildOddServer, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import { eventually } from '../../../test/support/facet.js';
import type { BatchSettings } from '../../platform/config/batch-settings.js';
import type { OutboundService } from '../../platform/outbound/outbound.service.js';
import type { Executor } from '../executors/executor.js';
import { Attempts } from './attempts.js';
import { type Ending, OpenChunk, type Row } from './row.js';
import { RowEngine } from './row-engine.js';

let server: OddServer;
let door: OutboundService;
let engine: RowEngine;
let endings: { row: Row; ending: Ending }[];

beforeEach(async () => {
  server = await buildOddServer(misbehave);
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
});

/** Rows are pictures that are fetched, and nothing is done with them. */
const fetching: Executor = {
  hostOf: ({ host }) => host,
  waitBefore: ({ host }) => door.waitBefore(host, 'image'),
  run: async ({ url }) => {
    const { body } = await door.fetch({ url, ownerId: null, serves: 'image' });
    return { result: body.toString(), cached: false, keys: [] };
  },
};

function build(settings: Partial<BatchSettings>): void {
  ({ door } = buildDoor({ OUTBOUND_ALLOW: '127.0.0.0/8', ...settings }));
  endings = [];
  engine = new RowEngine({
    concurrency: 64,
    patience: door.circuitPatience,
    attempts: new Attempts(door),
    cache: { recall: () => null, remember: () => undefined },
    executorOf: () => fetching,
    mayAsk: () => true,
    ended: (row, ending) => endings.push({ row, ending }),
    landed: () => undefined,
    filled: () => undefined,
  });
}

function add(url: string): void {
  const work = { uploadId: 'upload', ownerId: 'owner', analyzer: 'image', features: [], options: {} } as const;
  const chunk = new OpenChunk('batch', 1, 1, work);
  engine.add({ chunk, rowNumber: 1, url, host: new URL(url).host, key: null, tries: 0, waitingSince: null });
  engine.pump();
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
    await failureOf(door.fetch({ url: `${ill.url}/status?code=500`, ownerId: null, serves: 'ai' }));
  }
  add(`${server.url}/to?location=${ill.url}/`);
  const [first] = await ended(1, 3);
  expect(first?.ending).toMatchObject({ failure: { class: 'circuit_open' }, attempts: 0 });
  await ill.close();
});
