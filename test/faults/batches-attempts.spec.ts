import { buildUpload } from '../support/batches/upload.js';
import { expectWhole } from '../support/batches/whole.js';
import { eventually } from '../support/facet.js';
import { asked, type BatchStage, buildBatchStage, letPass, seeded } from './batches-stage.js';

jest.setTimeout(120_000);

const KILLS = 4;
const ROWS = 120;
const CONCURRENCY = 16;

let stage: BatchStage;

beforeAll(async () => {
  stage = await buildBatchStage({}, { BATCH_CONCURRENCY: String(CONCURRENCY) });
});

afterAll(() => stage.remove());

/** Attempts of every row, by the key under which the AI was asked for it. */
async function attempts(): Promise<Map<string, number>> {
  const { rows } = await stage.ground.database.query<{ key: string; attempts: number }>(
    `SELECT batch_id || '-' || row_number AS key, attempts FROM batch_item_states WHERE attempts > 0`,
  );
  return new Map(rows.map(({ key, attempts: times }) => [key, times]));
}

it('counts every call of every row, though workers are killed while the AI thinks', async () => {
  const between = seeded(Number(process.env.FAULT_SEED ?? 7));
  const gate = letPass(stage.ai);
  await stage.worker();
  await buildUpload(stage.ground.database, { rows: ROWS, chunkSize: 20 });
  for (let kill = 0; kill < KILLS; kill += 1) {
    gate.calls += between(5, 15);
    // The AI has every call that there is place for, and answers none of them.
    await eventually(
      () => Promise.resolve([gate.answered, stage.ai.open]),
      ([answered, open]) => answered === gate.calls && open === CONCURRENCY,
    );
    await eventually(attempts, (counted) => sum(counted) === stage.ai.calls.length, 10);
    stage.kill(stage.workers[0]!);
    expect(await attempts()).toEqual(stage.ai.timesByKey());
    const before = stage.ai.calls.length;
    await stage.worker();
    await asked(stage.ai, before + 1);
  }
  gate.calls = Infinity;

  await expectWhole(stage.ground);
  expect(stage.ai.calls.length).toBeGreaterThanOrEqual(ROWS + KILLS * CONCURRENCY);
  expect(await attempts()).toEqual(stage.ai.timesByKey());
});

const sum = (counted: Map<string, number>): number => [...counted.values()].reduce((all, one) => all + one, 0);
