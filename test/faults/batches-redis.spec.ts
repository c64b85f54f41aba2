import { Redis } from 'ioredis';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { asked, type BatchStage, buildBatchStage } from './batches-stage.js';
import { type BreakableServer, buildRedis } from './servers.js';

jest.setTimeout(120_000);

let redis: BreakableServer;
let stage: BatchStage;

beforeAll(async () => {
  redis = await buildRedis();
  stage = await buildBatchStage({ redis: redis.url });
  await Promise.all([stage.worker(), stage.worker()]);
});

afterAll(async () => {
  await stage.remove();
  await redis.remove();
});

it('goes on while Redis is killed and away, and takes up what comes meanwhile', async () => {
  stage.ai.latency = 20;
  await buildUpload(stage.ground.database, { rows: 1500, chunkSize: 50 });
  await asked(stage.ai, 200);
  await redis.kill('SIGKILL');
  await buildUpload(stage.ground.database, { rows: 300, chunkSize: 50, url: `'https://meanwhile.example.com/' || n` });
  // All of it without Redis.
  await expectWhole(stage.ground);
  await expectCallsBounded(stage.ground, stage.ai, 1);
  await redis.start();
});

it('finishes everything when Redis forgets everything', async () => {
  await buildUpload(stage.ground.database, { rows: 1500, chunkSize: 50, url: `'https://forgotten.example.com/' || n` });
  await asked(stage.ai, stage.ai.calls.length + 300);
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  await expectWhole(stage.ground);
  await expectCallsBounded(stage.ground, stage.ai, 1);
});
