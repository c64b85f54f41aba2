import { openUpload } from '../support/batches/open-upload.js';
import { csvOf, submit } from '../support/batches/submit.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { ask } from './nothing-lost.js';
import { type BreakableServer, buildPostgres } from './servers.js';

let postgres: BreakableServer;
let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  postgres = await buildPostgres();
  ground = await buildGround({ postgres: postgres.url });
  facet = await startFacet(ground, { ROLE: 'api', MIGRATE: 'true' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
  await postgres.remove();
});

const copying = async () =>
  (await ask(ground, `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'`)).length;

it.each(['SIGKILL', 'SIGQUIT'] as const)(
  'keeps nothing of an upload in which PostgreSQL ends by %s',
  async (signal) => {
    const { line, rest } = await openUpload(facet.url);
    await eventually(copying, (count) => count === 1);
    await postgres.kill(signal);
    await line.write(rest);
    const answer = await line.answer();
    line.socket.destroy();
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'dependency_unavailable' } } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

    await postgres.start();
    await eventually(
      () => call(facet.url, '/health/ready'),
      ({ status }) => status === 200,
    );
    for (const table of ['batch_uploads', 'batches', 'batch_chunks', 'batch_items', 'batch_failures']) {
      expect({ table, rows: await ask(ground, `SELECT * FROM ${table} LIMIT 1`) }).toEqual({ table, rows: [] });
    }
    const again = await submit(facet.url, csvOf(40_000));
    expect(again).toMatchObject({ status: 202, body: { total_urls: 40_000 } });
    await ask(ground, 'TRUNCATE batch_uploads, batches, batch_chunks, batch_items, batch_failures');
  },
);
