import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { eventually } from '../support/facet.js';
import { type BatchStage, buildBatchStage, letPass, seeded } from './batches-stage.js';

jest.setTimeout(240_000);

const MOMENTS = 20;
const ROWS_A_MOMENT = 120;

/** Milliseconds: an end waits up to 50 for being written, so kills fall before, into the middle of, and after that. */
const LATEST = 80;
const CONCURRENCY = 16;

let stage: BatchStage;

beforeAll(async () => {
  stage = await buildBatchStage({}, { BATCH_CONCURRENCY: String(CONCURRENCY) });
});

afterAll(() => stage.remove());

it(`loses no row and repeats no finished one, though a worker is killed at ${MOMENTS} moments`, async () => {
  const seed = Number(process.env.FAULT_SEED ?? 4);
  const between = seeded(seed);
  const rows = MOMENTS * ROWS_A_MOMENT;
  const gate = letPass(stage.ai);
  await Promise.all([stage.worker(), stage.worker(), stage.worker()]);
  await buildUpload(stage.ground.database, { rows, rowsAPart: 900, chunkSize: 30 });

  const replacements: Promise<unknown>[] = [];
  for (let moment = 1; moment <= MOMENTS; moment++) {
    gate.calls += ROWS_A_MOMENT;
    const mark = gate.calls - between(1, ROWS_A_MOMENT - 1);
    await eventually(
      () => Promise.resolve(gate.answered),
      (answered) => answered >= mark && stage.workers.length > 0,
    );
    // Each part of the time has its kill, in an order that jumps about.
    const part = (7 * moment) % MOMENTS;
    await delay(between((part * LATEST) / MOMENTS, ((part + 1) * LATEST) / MOMENTS));
    stage.kill(stage.workers[between(0, stage.workers.length - 1)]!);
    replacements.push(stage.worker());
  }
  gate.calls = Infinity;
  await Promise.all(replacements);

  await expectWhole(stage.ground);
  await expectCallsBounded(stage.ground, stage.ai, 5);
  // In flight, or answered and not yet written.
  expect(stage.ai.calls.length - rows).toBeLessThanOrEqual(MOMENTS * CONCURRENCY * 3);
});
