import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { type BatchStage, buildBatchStage, letPass } from './batches-stage.js';

jest.setTimeout(240_000);

const KILLS = 10;
const EVERY = 3_000;
const ROWS = 3_000;

let stage: BatchStage;

beforeAll(async () => {
  stage = await buildBatchStage();
});

afterAll(() => stage.remove());

it('comes to the end of every row, though every 3 s for 30 s a worker is killed', async () => {
  const gate = letPass(stage.ai);
  await Promise.all([stage.worker(), stage.worker()]);
  await buildUpload(stage.ground.database, { rows: ROWS, rowsAPart: 1000, chunkSize: 50 });

  const replacements: Promise<unknown>[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    gate.calls = (ROWS * kill) / KILLS;
    await delay(EVERY);
    const [oldest] = stage.workers;
    if (oldest) stage.kill(oldest);
    replacements.push(stage.worker());
  }
  gate.calls = Infinity;
  await Promise.all(replacements);

  await expectWhole(stage.ground);
  await expectCallsBounded(stage.ground, stage.ai, 5);
});
