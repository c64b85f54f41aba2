import { DataSource } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../../../test/support/batches/upload.js';
import { buildGround, type Ground } from '../../../test/support/facet.js';
import { sweepSome } from '../engine/sweep.queries.js';
import { forgetFailures, removeBatches } from './removal.queries.js';

let ground: Ground;
let source: DataSource;

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
});

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

const sweep = (rows: number) => source.transaction((db) => sweepSome(db, rows));

const left = async () =>
  (
    await ground.database.query(
      `SELECT (SELECT count(*)::int FROM batch_items) AS items, (SELECT count(*)::int FROM batch_removals) AS removals`,
    )
  ).rows[0];

it('leaves nothing of a removed batch, though two sweep at once', async () => {
  const { batchIds } = await buildUpload(ground.database, { rows: 500 });
  await removeBatches(source.manager, batchIds);

  const first = source.createQueryRunner();
  await first.startTransaction();
  expect(await sweepSome(first.manager, 200)).toBe(true);
  // It comes to rows that the first has deleted and not yet committed.
  const second = sweep(200);
  await Promise.race([second, delay(200)]);
  await first.commitTransaction();
  await first.release();
  await second;

  expect(await left()).toMatchObject({ removals: 1 });
  while (await sweep(200));
  expect(await left()).toEqual({ items: 0, removals: 0 });
});

it('takes the failures of a batch out of its upload, also where their host was counted among the others', async () => {
  const { uploadId, batchIds } = await buildUpload(ground.database, { rows: 20, rowsAPart: 10 });
  await ground.database.query(
    `INSERT INTO batch_failures (scope_id, dimension, name, failed)
     VALUES ($1, 'host', 'known.example.com', 7), ($1, 'host', '(others)', 5), ($1, 'class', 'http_5xx', 12),
            ($2, 'host', 'known.example.com', 3), ($2, 'host', 'one.example.com', 2), ($2, 'host', 'other.example.com', 1),
            ($2, 'class', 'http_5xx', 6)`,
    [uploadId, batchIds[1]],
  );
  await forgetFailures(source.manager, uploadId, [batchIds[1]!]);
  const { rows } = await ground.database.query('SELECT scope_id, name, failed FROM batch_failures ORDER BY failed');
  expect(rows).toEqual([
    { scope_id: uploadId, name: '(others)', failed: 2 },
    { scope_id: uploadId, name: 'known.example.com', failed: 4 },
    { scope_id: uploadId, name: 'http_5xx', failed: 6 },
  ]);
});
