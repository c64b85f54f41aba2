import { readFile, writeFile } from 'node:fs/promises';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { dial, MULTIPART, MULTIPART_END, partHead, requestHead } from './raw-http.js';
import { filesOf } from './traces.js';

const SIZE = 200 * 1024 * 1024;
const PIECE = Buffer.alloc(1024 * 1024);

let ground: Ground;
let facet: Facet;
let beginning: Buffer;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', QUEUE_SIZE: '1000' });
  beginning = await solid(40, 30, '#336699').jpeg().toBuffer();
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** A picture with so much behind it that the file has this many bytes; none of them lies in memory here. */
async function upload(size: number): Promise<number> {
  const head = partHead({ name: 'file', filename: 'large.jpg' });
  const line = await dial(facet.url);
  await line.write(
    requestHead('POST', '/api/v1/analyze', {
      'Content-Type': MULTIPART,
      'Content-Length': head.length + size + MULTIPART_END.length,
    }),
  );
  await line.write(Buffer.concat([head, beginning]));
  for (let left = size - beginning.length; left > 0; left -= PIECE.length) await line.write(PIECE.subarray(0, left));
  await line.write(MULTIPART_END);
  const { status } = await line.answer();
  line.socket.destroy();
  return status;
}

/** Kilobytes of physical memory: at this moment (`VmRSS`), or at most since the last reset (`VmHWM`). */
async function memory(measure: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${facet.process.pid}/status`, 'utf8');
  return Number(new RegExp(`^${measure}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
}

// When garbage is collected is chance; what is held is not.
jest.retryTimes(2);

it('takes ten files of 200 MB at once with at most 64 MB of memory', async () => {
  const tenOf = (size: number) => Promise.all(Array.from({ length: 10 }, () => upload(size)));
  // What ten uploads of any size need, connections to PostgreSQL for example, is there before.
  expect(await tenOf(PIECE.length)).toEqual(Array(10).fill(202));
  const files = await filesOf(ground);
  const before = await memory('VmRSS');
  await writeFile(`/proc/${facet.process.pid}/clear_refs`, '5');

  expect(await tenOf(SIZE)).toEqual(Array(10).fill(202));

  expect((await memory('VmHWM')) - before).toBeLessThanOrEqual(64 * 1024);
  expect(await filesOf(ground)).toHaveLength(files.length + 10);
}, 120_000);
