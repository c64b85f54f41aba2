import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { asked, type BatchStage, buildBatchStage } from './batches-stage.js';
import { type BreakableServer, buildPostgres } from './servers.js';
import { Client } from 'pg';

jest.setTimeout(120_000);

let postgres: BreakableServer;
let stage: BatchStage;

beforeAll(async () => {
  postgres = await buildPostgres();
  stage = await buildBatchStage({ postgres: postgres.url }, { MIGRATE: 'true' });
});

afterAll(async () => {
  await stage.remove();
  await postgres.remove();
});

/** The ground's own connection goes with the server. */
async function build(rows: number): Promise<void> {
  const client = new Client({ connectionString: stage.ground.databaseUrl });
  await client.connect();
  await buildUpload(client, { rows, chunkSize: 50, url: `'https://images.example.com/${Math.random()}/' || n` });
  await client.end();
}

it('asks for no row twice, though PostgreSQL is stopped at once in the middle and comes back', async () => {
  await stage.worker();
  stage.ai.latency = 20;
  await build(1500);
  for (const away of [500, 5_000]) {
    await asked(stage.ai, stage.ai.calls.length + 300);
    await postgres.kill('SIGKILL');
    await delay(away);
    await postgres.start();
  }
  await expectWhole(stage.ground);
  await expectCallsBounded(stage.ground, stage.ai, 1);
});
