import { readFileSync } from 'node:fs';
import { buildUpload } from '../../support/batches/upload.js';
import { type Figures, median } from '../figures.js';
import type { Workbench } from '../workbench.js';
import { buildScene, ownUrls, processed, type Scene } from './scene.js';

const SMALL = 10_000;
const LARGE = 1_000_000;
const ROUNDS = 4;

/**
 * Microseconds a row out of an upload of a million rows, most of which have ended, against an upload of ten thousand.
 * The last tens of thousands are measured: there the tables are as large as they become.
 */
export async function batchScaleBenchmark(bench: Workbench): Promise<Figures> {
  const scene = await buildScene(bench);
  const worker = await scene.worker();
  const upload = await buildUpload(scene.ground.database, {
    rows: LARGE,
    rowsAPart: 5_000,
    status: 'paused',
    url: ownUrls(),
  });
  await finishMost(scene, upload.uploadId);
  await scene.seconds({ rows: SMALL, rowsAPart: 5_000, url: ownUrls() });
  const small: number[] = [];
  const large: number[] = [];
  const memory = { small: 0, large: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    small.push((await scene.seconds({ rows: SMALL, rowsAPart: 5_000, url: ownUrls() })) / SMALL);
    memory.small = residentMegabytes(worker.process.pid);
    large.push((await someMore(scene, upload.uploadId, LARGE - (ROUNDS - round) * SMALL)) / SMALL);
    memory.large = residentMegabytes(worker.process.pid);
  }
  const [ours, reference] = [median(large) * 1e6, median(small) * 1e6];
  const reference_name = `10 k rows; memory ${memory.large.toFixed(0)} MB : ${memory.small.toFixed(0)} MB`;
  return { name: 'batch-scale', unit: 'µs a row of 1 M', ours, reference, reference_name, ratio: reference / ours };
}

/** All but the parts that are measured, as workers would have left them. */
async function finishMost({ ground: { database } }: Scene, uploadId: string): Promise<void> {
  const most = `SELECT id FROM batches WHERE upload_id = '${uploadId}' AND first_row + total_urls - 1 <= ${LARGE - ROUNDS * SMALL}`;
  await database.query(
    `INSERT INTO batch_results (batch_id, row_number, attempts, cached, duration, result)
     SELECT batch_id, row_number, 1, false, 0.1, '{"label":"landscape","score":0.93}' FROM batch_items WHERE batch_id IN (${most})`,
  );
  await database.query(`UPDATE batch_chunks SET pending = 0, succeeded = pending WHERE batch_id IN (${most})`);
  await database.query(
    `UPDATE batches SET pending = 0, succeeded = pending, status = 'completed', started_at = now(), completed_at = now() WHERE id IN (${most})`,
  );
  await database.query('VACUUM ANALYZE batch_items, batch_results, batch_chunks, batches');
}

/** Seconds for the next parts of the upload. */
async function someMore({ ground, ring }: Scene, uploadId: string, rows: number): Promise<number> {
  await ground.database.query(
    `UPDATE batches SET status = 'queued' WHERE upload_id = $1 AND status = 'paused' AND first_row + total_urls - 1 <= $2`,
    [uploadId, rows],
  );
  await ring();
  const started = performance.now();
  await processed(ground, { uploadId }, rows);
  return (performance.now() - started) / 1000;
}

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
