import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { eventually } from '../support/facet.js';
import { asked, type BatchStage, buildBatchStage } from './batches-stage.js';

jest.setTimeout(120_000);

let stage: BatchStage;

beforeAll(async () => {
  stage = await buildBatchStage();
});

afterAll(() => stage.remove());

it('refuses what a worker writes that was stopped for longer than its lease, and lets it work again', async () => {
  const held = { first: true, second: true };
  stage.ai.manner = async (_call, times, response) => {
    while (held.first || (times === 2 && held.second)) await delay(10);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ answer: times }));
    return true;
  };
  const late = await stage.worker();
  await buildUpload(stage.ground.database, { rows: 200, chunkSize: 50 });
  await asked(stage.ai, 16);
  const inFlight = stage.ai.calls.map(({ row_number }) => row_number).sort((one, other) => one - other);
  late.process.kill('SIGSTOP');
  // The answers lie in its sockets while another asks for the same rows, and has no answer to them yet.
  held.first = false;
  const other = await stage.worker();
  await eventually(
    () => Promise.resolve(inFlight.map((row) => stage.ai.calls.filter(({ row_number }) => row_number === row).length)),
    (times) => times.every((seen) => seen === 2),
  );

  late.process.kill('SIGCONT');
  await eventually(
    () => Promise.resolve(late.log.map(({ msg }) => String(msg))),
    (messages) => messages.some((message) => message.startsWith('The lease was lost')),
  );
  await delay(500);
  expect(await answersTo(inFlight)).toEqual([]);
  held.second = false;

  await expectWhole(stage.ground);
  expect(await answersTo(inFlight)).toEqual(inFlight.map(() => ({ answer: 2 })));
  await expectCallsBounded(stage.ground, stage.ai, 2);
  expect(stage.ai.calls.length).toBe(200 + inFlight.length);

  stage.kill(other);
  await buildUpload(stage.ground.database, { rows: 100, url: `'https://later.example.com/' || n` });
  await expectWhole(stage.ground);
  expect(stage.ai.calls.length).toBe(300 + inFlight.length);
});

async function answersTo(rowNumbers: readonly number[]): Promise<unknown[]> {
  const { rows } = await stage.ground.database.query<{ result: unknown }>(
    'SELECT result FROM batch_results WHERE row_number = ANY ($1) ORDER BY row_number',
    [rowNumbers],
  );
  return rows.map(({ result }) => result);
}
