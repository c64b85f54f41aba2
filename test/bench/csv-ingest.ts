import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Figures, secondsOf, takeTurns } from './figures.js';
import { type Product, startGround, startProduct } from './product.js';
import type { UploadAnswer, UploadQuestion } from './upload-client.js';
import type { Partner, Workbench } from './workbench.js';

const ROWS = 1_000_000;

/** Megabytes that the product may grow by while it takes a million rows in. */
const MEMORY = 150;

const COLUMNS = '(batch_id, row_number, problem, url, columns)';

/** Rows a second from a CSV over HTTP into batches, against COPY of the very rows that it makes. */
export async function csvIngestBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL, database } = await startGround(bench);
  const product = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api', MAX_UPLOAD_SIZE: '1000000000' });
  const csv = join(bench.folder, 'urls.csv');
  await pipeline(Readable.from(lines()), createWriteStream(csv));
  const client = bench.partner('upload-client.ts');
  const idle = megabytesOf(product, 'VmRSS');
  await upload(client, product, csv);
  const prepared = join(bench.folder, 'items.copy');
  const rows = database.query(copyTo(`COPY batch_items ${COLUMNS} TO STDOUT (FORMAT binary)`));
  await pipeline(rows, createWriteStream(prepared));
  await clear(database);

  const turns = await takeTurns(
    20,
    async () => {
      const seconds = await upload(client, product, csv);
      await clear(database);
      return ROWS / seconds;
    },
    async () => {
      const seconds = await secondsOf(() => copy(database, prepared));
      await clear(database);
      return ROWS / seconds;
    },
  );
  const growth = megabytesOf(product, 'VmHWM') - idle;
  if (process.env.BENCH_DETAILS) console.error({ growth, megabytes: (await stat(csv)).size / 1e6 });
  if (growth > MEMORY) throw new Error(`The product grew by ${growth.toFixed(0)} MB`);
  return {
    name: 'csv-ingest',
    unit: `rows/s, +${growth.toFixed(0)} MB`,
    ...turns,
    reference_name: 'COPY of the same rows',
    ratio: turns.ours / turns.reference,
  };
}

/** Addresses and two columns more, one of them quoted. */
function* lines(): Generator<string> {
  yield 'url,title,category\n';
  for (let row = 0; row < ROWS; row += 100) {
    yield Array.from(
      { length: 100 },
      (_line, index) =>
        `https://images${row % 50}.example.com/photos/2026/11/picture-${row + index}.jpg,"Picture, no. ${row + index}",${index % 9}\n`,
    ).join('');
  }
}

/** Seconds from the first byte to the answer. */
async function upload(client: Partner, { url }: Product, path: string): Promise<number> {
  const question: UploadQuestion = { url: `${url}/api/v1/batches`, path, uploads: 1 };
  const { seconds, statuses, bodies } = await client.ask<UploadAnswer>(question);
  const { total_urls } = JSON.parse(bodies[0] ?? '{}') as { total_urls?: number };
  if (statuses[0] !== 202 || total_urls !== ROWS)
    throw new Error(`The upload was refused: ${bodies[0]?.slice(0, 500)}`);
  return seconds;
}

async function copy(database: Client, path: string): Promise<void> {
  await database.query('BEGIN');
  const into = database.query(copyFrom(`COPY batch_items ${COLUMNS} FROM STDIN (FORMAT binary)`));
  await pipeline(createReadStream(path, { highWaterMark: 524_288 }), into);
  await database.query('COMMIT');
}

/** So that every turn finds the same; not a part of what is measured. */
async function clear(database: Client): Promise<void> {
  await database.query('TRUNCATE batch_uploads, batches, batch_chunks, batch_items, batch_failures');
}

function megabytesOf({ process: { pid } }: Product, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
}
