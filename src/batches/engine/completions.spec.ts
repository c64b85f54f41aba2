import { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../../../test/support/batches/upload.js';
import { ended, hire, success, take } from '../../../test/support/batches/work-by-hand.js';
import { buildGround, type Ground } from '../../../test/support/facet.js';
import { Completions } from './completions.js';
import type { Finished } from './finish.queries.js';

let ground: Ground;
let pool: Pool;

beforeAll(async () => {
  ground = await buildGround();
  pool = new Pool({ connectionString: ground.databaseUrl });
});

afterAll(async () => {
  await pool.end();
  await ground.remove();
});

const batch = async (id: string | undefined) =>
  (await ground.database.query('SELECT status, pending, succeeded, failed FROM batches WHERE id = $1', [id])).rows[0];

it('does not let one result that PostgreSQL refuses keep the others from being written', async () => {
  const { batchIds } = await buildUpload(ground.database, { rows: 40 });
  const worker = await hire(pool);
  const deep = `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const finished = await ended(pool, await take(pool, worker), (row) => ({
    ...success,
    result: row === 17 ? deep : '{"fine":true}',
  }));
  const written: Finished[] = [];
  const completions = new Completions(
    pool,
    () => worker,
    (group) => written.push(...group),
  );
  for (const one of finished) completions.add(one);
  await completions.drain();
  expect(written).toHaveLength(40);
  expect(await batch(batchIds[0])).toMatchObject({ status: 'completed', succeeded: 39, failed: 1 });
  const { rows } = await ground.database.query(
    'SELECT row_number, error_class FROM batch_results WHERE error_class IS NOT NULL',
  );
  expect(rows).toEqual([{ row_number: 17, error_class: 'bad_response' }]);
});

it('writes again what PostgreSQL could not write for another reason than what it is', async () => {
  const { batchIds } = await buildUpload(ground.database, { rows: 20 });
  const worker = await hire(pool);
  const finished = await ended(pool, await take(pool, worker));
  // As a disk that is full for a moment.
  await ground.database.query(
    `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;
     CREATE TRIGGER full_disk BEFORE INSERT ON batch_results EXECUTE FUNCTION full_disk()`,
  );
  const completions = new Completions(
    pool,
    () => worker,
    () => undefined,
  );
  for (const one of finished) completions.add(one);
  const drained = completions.drain();
  await delay(300);
  expect(await batch(batchIds[0])).toMatchObject({ pending: 20 });
  await ground.database.query('DROP FUNCTION full_disk CASCADE');
  await drained;
  expect(await batch(batchIds[0])).toMatchObject({ status: 'completed', succeeded: 20 });
});
