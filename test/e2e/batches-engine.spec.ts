import { call } from '../support/client.js';
import { startAi, type AiServer } from '../support/batches/ai-server.js';
import { buildUpload } from '../support/batches/upload.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';

let ground: Ground;
let ai: AiServer;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  ai = await startAi();
  facet = await startFacet(ground, { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address });
});

afterAll(async () => {
  await facet.stop();
  await ai.stop();
  await ground.remove();
});

const statusOf = async (id: string) => (await call(facet.url, `/api/v1/batches/${id}/status`)).body;

const ended = (id: string) =>
  eventually(
    () => statusOf(id),
    ({ status }) => ['completed', 'failed', 'cancelled'].includes(status),
  );

it('asks for every row once and keeps what it hears', async () => {
  const {
    batchIds: [id],
  } = await buildUpload(ground.database, { rows: 2500 });
  expect(await ended(id!)).toMatchObject({
    status: 'completed',
    succeeded: 2500,
    processed: 2500,
    progress: 100,
    pending: 0,
  });
  expect(ai.calls).toHaveLength(2500);
  expect([...ai.timesByKey().values()].every((times) => times === 1)).toBe(true);
});
