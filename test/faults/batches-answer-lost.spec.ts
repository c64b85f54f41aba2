import { buildUpload } from '../support/batches/upload.js';
import { expectCallsBounded, expectWhole } from '../support/batches/whole.js';
import { type BatchStage, buildBatchStage } from './batches-stage.js';
import { buildSeveringProxy, type SeveringProxy } from './severing-proxy.js';

jest.setTimeout(120_000);

let stage: BatchStage;
let proxy: SeveringProxy;

beforeAll(async () => {
  stage = await buildBatchStage({}, { CACHE_TTL: '60' });
  proxy = await buildSeveringProxy(stage.ground.databaseUrl);
  await stage.worker({ DATABASE_URL: proxy.url });
});

afterAll(async () => {
  await stage.remove();
  proxy.close();
});

// Statements are known by the names under which they were prepared.
it.each([
  ['a claim', 'batch-claim'],
  ['the reading of its rows', 'batch-open-rows'],
  ['the search for known results', 'batch-cached'],
  ['a finish', 'batch-finish'],
])('asks for every row once though a connection breaks at %s', async (_what, statement) => {
  for (const moment of ['before', 'after'] as const) {
    const severed = proxy.sever(moment, statement);
    const url = `'https://${statement}-${moment}.example.com/' || n`;
    await buildUpload(stage.ground.database, { rows: 200, chunkSize: 50, url });
    await severed;
    await expectWhole(stage.ground);
    await expectCallsBounded(stage.ground, stage.ai, 1);
  }
});
