import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { buildJourney, type Journey } from '../support/batches/journey.js';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';

jest.setTimeout(120_000);

let journey: Journey;

beforeAll(async () => {
  journey = await buildJourney({ REQUEST_TIMEOUT: '2', OUTBOUND_RETRY_ATTEMPTS: '2', BATCH_CONCURRENCY: '32' });
});

afterAll(() => journey.remove());

const KINDS = ['well', 'limited', 'broken', 'hung', 'reset', 'drip', 'gigabyte', 'no JSON', 'refused'] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (rowNumber: number): Kind => KINDS[rowNumber % KINDS.length]!;

const MANNERS: Readonly<Record<Kind, (response: ServerResponse, times: number) => unknown>> = {
  well: (response) => response.end('{"fine":true}'),
  limited: (response, times) =>
    times <= 2 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end('{"fine":true}'),
  broken: (response) => response.writeHead(500).end('broken'),
  hung: () => undefined,
  reset: (response) => response.destroy(),
  drip: (response) => drip(response, Buffer.from(' '), 100),
  gigabyte: (response) => drip(response, Buffer.alloc(1 << 20, ' '), 0),
  'no JSON': (response) => response.end('<p>Out of order</p>'),
  refused: (response) => response.writeHead(400).end('{"error":"no"}'),
};

async function drip(response: ServerResponse, piece: Buffer, pause: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (let sent = 0; sent < 1 << 30 && !response.destroyed; sent += piece.length) {
    if (!response.write(piece)) await delay(5);
    if (pause > 0) await delay(pause);
  }
  response.end();
}

const ENDS: Readonly<Record<Kind, { classes: (string | null)[]; attempts: number }>> = {
  well: { classes: [null], attempts: 1 },
  // More often than a failure is tried.
  limited: { classes: [null], attempts: 3 },
  broken: { classes: ['http_5xx'], attempts: 2 },
  hung: { classes: ['timeout'], attempts: 2 },
  reset: { classes: ['connect'], attempts: 2 },
  drip: { classes: ['timeout'], attempts: 2 },
  gigabyte: { classes: ['too_large'], attempts: 1 },
  'no JSON': { classes: ['bad_response'], attempts: 1 },
  refused: { classes: ['http_4xx'], attempts: 1 },
};

it('gives every row the end that fits, however the AI behaves', async () => {
  journey.ai.manner = ({ row_number }, times, response) => {
    MANNERS[kindOf(row_number)](response, times);
    return true;
  };
  const { batchIds } = await buildUpload(journey.ground.database, { rows: 90 });
  await journey.ended(batchIds[0]!);
  await expectWhole(journey.ground);
  await expectCallsBounded(journey.ground, journey.ai, 3);

  const { rows } = await journey.ground.database.query(
    'SELECT row_number, error_class, error_message, attempts FROM batch_item_states ORDER BY row_number',
  );
  const unfit = rows.filter(({ row_number, error_class, attempts }) => {
    const { classes, attempts: wanted } = ENDS[kindOf(row_number)];
    return !classes.includes(error_class) || attempts !== wanted;
  });
  expect(unfit).toEqual([]);
  expect(rows[6].error_message).toContain('<p>Out of order</p>');

  const first = journey.ai.calls.filter(({ row_number }) => kindOf(row_number) === 'limited');
  for (const key of new Set(first.map(({ idempotency_key }) => idempotency_key))) {
    const [one, two] = first.filter(({ idempotency_key }) => idempotency_key === key);
    expect(two!.at - one!.at).toBeGreaterThanOrEqual(990);
  }
});

it('obeys an AI that allows so many requests a second, and no row fails for it', async () => {
  const before = journey.ai.calls.length;
  const passed = new Map<number, number>();
  journey.ai.manner = ({ at }, _times, response) => {
    const second = Math.floor(at / 1000);
    passed.set(second, (passed.get(second) ?? 0) + 1);
    if (passed.get(second)! <= 10) return false;
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  };
  const { batchIds } = await buildUpload(journey.ground.database, {
    rows: 30,
    url: `'https://many.example.com/' || n`,
  });
  expect(await journey.ended(batchIds[0]!)).toMatchObject({ status: 'completed', succeeded: 30 });
  expect(journey.ai.calls.length - before).toBeLessThan(30 + 40);
});

it('waits for an AI that is away, asks for every row once it is back, and gives up after its patience', async () => {
  const patient = await buildJourney({
    OUTBOUND_CIRCUIT_VOLUME: '10',
    OUTBOUND_CIRCUIT_RESET: '1',
    OUTBOUND_CIRCUIT_PATIENCE: '5',
    BATCH_CONCURRENCY: '8',
  });
  try {
    let away = true;
    patient.ai.manner = (_call, _times, response) => {
      if (away) response.writeHead(500).end();
      return away;
    };
    const { batchIds } = await buildUpload(patient.ground.database, { rows: 300, chunkSize: 20 });
    await delay(3000);
    const whileAway = patient.ai.calls.length;
    // Most rows wait for the circuit and have not been asked for.
    expect(whileAway).toBeLessThan(100);
    away = false;
    const { succeeded, failed } = await patient.ended(batchIds[0]!);
    expect(succeeded).toBeGreaterThan(200);
    expect(failed).toBeLessThan(100);

    away = true;
    const lost = await buildUpload(patient.ground.database, { rows: 400, url: `'https://lost.example.com/' || n` });
    const status = await patient.ended(lost.batchIds[0]!);
    expect(status).toMatchObject({ status: 'failed', succeeded: 0, failed: 400 });
    expect(status.errors.map((error: { class: string }) => error.class)).toContain('circuit_open');
    await expectWhole(patient.ground);
  } finally {
    await patient.remove();
  }
});
