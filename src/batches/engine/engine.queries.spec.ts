import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { buildUpload, type BuiltUpload, type UploadPlan } from '../../../test/support/batches/upload.js';
import { expectWhole } from '../../../test/support/batches/whole.js';
import * as byHand from '../../../test/support/batches/work-by-hand.js';
import { buildGround, type Ground } from '../../../test/support/facet.js';
import { pauseBatches } from '../life/life.queries.js';
import { reopenFailed } from '../life/retry.queries.js';
import { uploadRow } from '../status/status.queries.js';
import { finishRows, type Finished, type Written } from './finish.queries.js';
import { removeWorker } from '../../jobs/workers/worker.queries.js';
import { claimChunks, type ClaimedChunk, openRows, releaseChunks } from './lease.queries.js';
import type { Ending } from './row.js';

let ground: Ground;
let pool: Pool;
let source: DataSource;

beforeAll(async () => {
  ground = await buildGround();
  pool = new Pool({ connectionString: ground.databaseUrl });
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
});

afterEach(() =>
  ground.database.query(
    'TRUNCATE batch_uploads, batches, batch_chunks, batch_items, batch_results, batch_failures, workers',
  ),
);

afterAll(async () => {
  await pool.end();
  await source.destroy();
  await ground.remove();
});

const build = (plan: UploadPlan): Promise<BuiltUpload> => buildUpload(ground.database, plan);

const hire = () => byHand.hire(pool);
const take = (workerId: string, limit?: number) => byHand.take(pool, workerId, limit);
const ended = (claimed: readonly ClaimedChunk[], ending?: (rowNumber: number) => Ending) =>
  byHand.ended(pool, claimed, ending);

const REFUSED: Written = { advanced: [], welcome: new Set() };

const failure = (message: string): Ending => ({
  ...byHand.success,
  result: null,
  failure: { class: 'http_5xx', message },
});

const batch = async (id: string | undefined) =>
  (await ground.database.query('SELECT status, pending, succeeded, failed FROM batches WHERE id = $1', [id])).rows[0];

describe('claims', () => {
  it('give every chunk to one worker only, however many ask at once', async () => {
    await build({ rows: 1000, rowsAPart: 300, chunkSize: 20 });
    const workers = await Promise.all(Array.from({ length: 8 }, hire));
    const claimed = (await Promise.all(workers.map((worker) => take(worker, 4)))).flat();
    const names = claimed.map(({ batch_id, number }) => `${batch_id} ${number}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  it('come from whom the worker does least for, and from nobody who is excluded', async () => {
    const [crowd, few, third] = [await build({ rows: 1000 }), await build({ rows: 10 }), await build({ rows: 10 })];
    const worker = await hire();
    const rows = new Map([
      [crowd.uploadId, 200],
      [few.uploadId, 0],
      [third.uploadId, 100],
    ]);
    const claimed = await claimChunks(pool, worker, { rows, excluded: [third.uploadId] }, 3);
    expect(claimed.map(({ upload_id }) => upload_id)).toEqual([few.uploadId, crowd.uploadId, crowd.uploadId]);
  });

  it('pass over what is paused, cancelled, leased or done', async () => {
    await build({ rows: 100, status: 'paused' });
    const { batchIds } = await build({ rows: 300 });
    const worker = await hire();
    expect(await take(worker, 1)).toHaveLength(1);
    expect(await take(worker)).toHaveLength(2);
    expect(await take(worker)).toHaveLength(0);
    await ground.database.query(`UPDATE batches SET status = 'cancelled', completed_at = now() WHERE id = $1`, [
      batchIds[0],
    ]);
    await removeWorker(pool, worker);
    expect(await take(await hire())).toHaveLength(0);
  });

  it('are refused to a worker that has been removed', async () => {
    await build({ rows: 100 });
    const worker = await hire();
    await removeWorker(pool, worker);
    await expect(take(worker)).rejects.toMatchObject({ code: '23503' });
  });

  it('give only the rows that have no end', async () => {
    await build({ rows: 100 });
    const [first, second] = [await hire(), await hire()];
    const finished = await ended(await take(first));
    await finishRows(pool, first, finished.slice(0, 60));
    await removeWorker(pool, first);
    const [left] = await openRows(pool, await take(second));
    expect(left?.numbers).toEqual(Array.from({ length: 40 }, (_row, index) => index + 61));
    expect(left?.urls).toHaveLength(40);
  });
});

describe('ends', () => {
  it('are counted once, though they are said twice', async () => {
    const { batchIds } = await build({ rows: 250, chunkSize: 100 });
    const worker = await hire();
    const finished = await ended(await take(worker), (row) => (row % 10 === 0 ? failure('Broken.') : byHand.success));
    expect(await finishRows(pool, worker, finished.slice(0, 120))).toMatchObject({
      advanced: [{ id: batchIds[0], status: 'processing' }],
    });
    const again = await finishRows(pool, worker, finished.slice(0, 120));
    // The chunk of which rows are left is still the worker's; the one whose rows have all ended is nobody's.
    expect(again).toEqual({ advanced: [], welcome: new Set([finished[100]!.row.chunk]) });
    await finishRows(pool, worker, finished.slice(50, 200));
    expect(await batch(batchIds[0])).toMatchObject({ status: 'processing', pending: 50, succeeded: 180, failed: 20 });
    expect(await finishRows(pool, worker, finished)).toMatchObject({ advanced: [{ status: 'completed' }] });
    expect(await finishRows(pool, worker, finished)).toEqual(REFUSED);
    expect(await batch(batchIds[0])).toMatchObject({ status: 'completed', pending: 0, succeeded: 225, failed: 25 });
    await expectWhole(ground);
  });

  it('keep every character of what was answered, and of why it was not', async () => {
    const texts = ['"', '\\', '{}', 'NULL', ',', '', 'a\nb\r\tc', 'Grüße 🐈', "';--", '\u2028', '\\"\\\\"'];
    const { batchIds } = await build({ rows: texts.length * 2 });
    const worker = await hire();
    const finished = await ended(await take(worker), (row) => {
      const text = texts[(row - 1) >> 1]!;
      return row % 2 === 0 ? failure(text) : { ...byHand.success, result: JSON.stringify({ text, nul: '\0' }) };
    });
    await finishRows(pool, worker, finished);
    const { rows } = await ground.database.query(
      'SELECT row_number, result, error_message FROM batch_results WHERE batch_id = $1 ORDER BY row_number',
      batchIds,
    );
    for (const [index, text] of texts.entries()) {
      expect([rows[2 * index].result, rows[2 * index + 1].error_message]).toEqual([{ text, nul: '\0' }, text]);
    }
  });

  it.each([
    'another attempt',
    'another worker',
    'a worker that is lost',
    'a batch that is cancelled',
    'a batch that is gone',
  ])('are refused from %s', async (whom) => {
    const { batchIds } = await build({ rows: 100 });
    const [first, second] = [await hire(), await hire()];
    const finished = await ended(await take(first));
    const chunk = finished[0]!.row.chunk;
    if (whom === 'another attempt') {
      await releaseChunks(pool, first, [chunk]);
      await take(first);
    } else if (whom === 'a worker that is lost') await removeWorker(pool, first);
    else if (whom === 'a batch that is gone')
      await ground.database.query('DELETE FROM batches WHERE id = $1', batchIds);
    else if (whom === 'a batch that is cancelled')
      await ground.database.query(
        `UPDATE batches SET status = 'cancelled', completed_at = now() WHERE id = $1`,
        batchIds,
      );
    expect(await finishRows(pool, whom === 'another worker' ? second : first, finished)).toEqual(REFUSED);
    expect((await ground.database.query('SELECT FROM batch_results')).rowCount).toBe(0);
  });

  it('make a batch fail when no row succeeds', async () => {
    const { batchIds } = await build({ rows: 20 });
    const worker = await hire();
    await finishRows(pool, worker, await ended(await take(worker), () => failure('Broken.')));
    expect(await batch(batchIds[0])).toMatchObject({ status: 'failed', failed: 20 });
    await expectWhole(ground);
  });

  it('leave rows that a retry has opened meanwhile to whoever takes the chunk next', async () => {
    const { batchIds } = await build({ rows: 20 });
    const [first, second] = [await hire(), await hire()];
    const finished = await ended(await take(first), () => failure('Broken.'));
    for (const { row } of finished) row.chunk.left += 1;
    const end = async (some: readonly Finished[]) => {
      for (const { row } of some) row.chunk.left -= 1;
      finished[0]!.row.chunk.unsaved = some.length;
      await finishRows(pool, first, some);
    };
    await end(finished.slice(0, 12));
    expect(await reopenFailed(source.manager, batchIds[0]!, ['http_5xx'])).toBe(12);
    expect(await take(second)).toEqual([]);
    await end(finished.slice(12));

    expect(await batch(batchIds[0])).toMatchObject({ status: 'processing', pending: 12, failed: 8 });
    await finishRows(pool, second, await ended(await take(second)));
    expect(await batch(batchIds[0])).toMatchObject({ status: 'completed', succeeded: 12, failed: 8 });
    const { rows } = await ground.database.query(
      'SELECT attempts, count(*)::int FROM batch_item_states WHERE batch_id = $1 GROUP BY 1 ORDER BY 1',
      batchIds,
    );
    expect(rows).toEqual([
      { attempts: 1, count: 8 },
      { attempts: 2, count: 12 },
    ]);
    await expectWhole(ground);
  });

  it('count hosts beyond the first hundred together', async () => {
    const { batchIds } = await build({ rows: 400 });
    const worker = await hire();
    const finished = await ended(await take(worker), () => failure('Broken.'));
    const named = finished.map(({ row, ending }) => ({ row: { ...row, host: `host-${row.rowNumber}` }, ending }));
    for (let first = 0; first < 400; first += 50) await finishRows(pool, worker, named.slice(first, first + 50));
    const { rows } = await ground.database.query(
      `SELECT name, failed FROM batch_failures WHERE scope_id = $1 AND dimension = 'host' ORDER BY failed DESC`,
      batchIds,
    );
    expect(rows).toHaveLength(101);
    expect(rows[0]).toEqual({ name: '(others)', failed: 300 });
    await expectWhole(ground);
  });
});

it('foretells the end of an upload by the parts that are not paused', async () => {
  const { uploadId, batchIds } = await build({ rows: 3000, rowsAPart: 1000 });
  const worker = await hire();
  await finishRows(pool, worker, await ended(await take(worker, 2)));
  await pauseBatches(source.manager, [batchIds[1]!]);
  const row = await uploadRow(source.manager, null, uploadId);
  expect(row).toMatchObject({ status: 'processing', pending: 2800, ahead: 1800 });
});
