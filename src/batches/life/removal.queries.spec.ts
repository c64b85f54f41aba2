import { DataSource } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import { buildUpload } from '../../../test/support/batches/upload.js';
import { buildGround, type Ground } from '../../../test/support/facet.js';
import { removeBatches } from '../life/removal.queries.js';
import { sweepSome } from './sweep.queries.js';

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
