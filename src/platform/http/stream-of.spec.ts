import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { streamOf } from './stream-of.js';

const TIMEOUT_MS = 300;

async function* piecesOf(count: number): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < count; piece += 1) yield await Promise.resolve(Buffer.alloc(100_000, piece));
}

let ends = 0;
const end = () => {
  ends += 1;
  return Promise.resolve();
};

beforeEach(() => {
  ends = 0;
});

it('gives up a reader that reads nothing, and ends once', async () => {
  const stream = streamOf(piecesOf(100), end, TIMEOUT_MS);
  stream.read(0);
  const [error] = await once(stream, 'error').catch((error: unknown) => [error]);
  expect(error).toMatchObject({ message: 'The client has stopped reading' });
  expect(ends).toBe(1);
});

it('waits for one that reads slowly, as long as it reads', async () => {
  const stream = streamOf(piecesOf(20), end, TIMEOUT_MS);
  let bytes = 0;
  for await (const piece of stream) {
    bytes += (piece as Buffer).length;
    await delay(TIMEOUT_MS / 5);
  }
  expect(bytes).toBe(2_000_000);
  expect(ends).toBe(1);
});

it('does not give up a reader that has it all, and takes its time with the rest', async () => {
  const stream = streamOf(piecesOf(2), end, TIMEOUT_MS);
  stream.read(0);
  await delay(2 * TIMEOUT_MS);
  let bytes = 0;
  for await (const piece of stream) bytes += (piece as Buffer).length;
  expect(bytes).toBe(200_000);
});
