import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Figures, takeTurns } from './figures.js';
import { AS_ADA, type Product, startGround, startProduct } from './product.js';
import type { UploadAnswer, UploadQuestion } from './upload-client.js';
import type { Partner, Workbench } from './workbench.js';

const MEGABYTE = 1_000_000;
const SIZE = 50 * MEGABYTE;
const UPLOADS = 10;

/** Megabytes a second of ten uploads at once, against a server that writes the same requests to the same disk. */
export async function uploadBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL } = await startGround(bench);
  const product = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api' });
  const folder = join(bench.folder, 'bare');
  await mkdir(folder);
  const bare = await bench.partner('bare-upload.ts').ask<{ url: string }>({ folder });
  const path = join(bench.folder, 'large.jpg');
  await writeLargePicture(path);
  const client = bench.partner('upload-client.ts');
  const turns = await takeTurns(
    36,
    async () => {
      const { seconds, bodies } = await upload(client, `${product.url}/api/v1/analyze`, path);
      await remove(product, bodies);
      return throughput(seconds);
    },
    async () => {
      const { seconds } = await upload(client, bare.url, path);
      for (const name of await readdir(folder)) await rm(join(folder, name));
      return throughput(seconds);
    },
  );
  return {
    name: 'upload',
    unit: 'MB/s',
    ...turns,
    reference_name: 'bare pipeline into files',
    ratio: turns.ours / turns.reference,
  };
}

const throughput = (seconds: number): number => (UPLOADS * SIZE) / MEGABYTE / seconds;

/** A real picture, made large by what follows its end. */
async function writeLargePicture(path: string): Promise<void> {
  const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#68a' } })
    .jpeg()
    .toBuffer();
  const large = Buffer.alloc(SIZE);
  let state = 1;
  for (let at = 0; at < SIZE; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    large.writeUInt32LE(state, at);
  }
  picture.copy(large);
  await writeFile(path, large);
}

async function upload(client: Partner, url: string, path: string): Promise<UploadAnswer> {
  const question: UploadQuestion = { url, path, uploads: UPLOADS };
  const answer = await client.ask<UploadAnswer>(question);
  if (answer.statuses.some((status) => status !== 202)) {
    throw new Error(`Uploads were refused: ${answer.statuses.join(', ')} ${answer.bodies[0]}`);
  }
  return answer;
}

/** So that the disk never fills and the queue never does; not a part of what is measured. */
async function remove({ url }: Product, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const { analysis_id: id } = JSON.parse(body) as { analysis_id: string };
    await fetch(`${url}/api/v1/analyses/${id}`, { method: 'DELETE', headers: AS_ADA });
  }
}
