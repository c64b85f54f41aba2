import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockReader } from './block-pipe.js';
import { runProgram } from './program.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-blocks-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** Writes as many bytes as there are numbers, each 0–250 in turn, in pieces of odd lengths. */
const program = (bytes: number) => `
  const all = Uint8Array.from({ length: ${bytes} }, (_, index) => index % 251);
  for (let at = 0; at < all.length; at += 70_001) process.stdout.write(all.subarray(at, at + 70_001));`;

const read = (script: string, length: number, count: number, take: (blocks: BlockReader) => Promise<void>) =>
  runProgram(process.execPath, ['-e', script], {
    timeout: 20_000,
    stdoutLimit: 0,
    reader: { directory, length, count, take },
  });

/** Whether it is the block of that number of what the program writes. */
const isBlock = (block: Uint8Array, number: number) =>
  block.every((byte, index) => byte === (number * block.length + index) % 251);

it('gives whole blocks in their order, and leaves a rest out', async () => {
  const right: boolean[] = [];
  await read(program(1_000_500), 100_000, 2, async (blocks) => {
    for await (const block of blocks) right.push(isBlock(block, right.length));
  });
  expect(right).toEqual(Array<boolean>(10).fill(true));
});

it('leaves each block as it is until its turn comes again, however slow the reader is', async () => {
  const held: Uint8Array[] = [];
  let right = 0;
  await read(program(2_000_000), 100_000, 3, async (blocks) => {
    for await (const block of blocks) {
      held.push(block);
      await sleep(10);
      const last = held.slice(-3);
      if (last.every((one, index) => isBlock(one, held.length - last.length + index))) right += 1;
    }
  });
  expect(right).toBe(20);
  expect(new Set(held.map(({ buffer }) => buffer)).size).toBe(3);
});

it('gives nothing of a program that writes nothing', async () => {
  const seen: Uint8Array[] = [];
  await read('', 10, 2, async (blocks) => {
    for await (const block of blocks) seen.push(block);
  });
  expect(seen).toEqual([]);
});

it('ends a program whose reader has seen enough', async () => {
  const endless = 'const more = () => process.stdout.write(Buffer.alloc(1e6), more); more();';
  const enough = read(endless, 1_000_000, 2, async (blocks) => {
    let seen = 0;
    for await (const block of blocks) if (block.length > 0 && (seen += 1) === 3) throw new Error('Enough');
  });
  await expect(enough).rejects.toThrow('Enough');
});

it('fails when there is no such program', async () => {
  const take = async (blocks: BlockReader) => {
    await blocks[Symbol.asyncIterator]().next();
  };
  const limits = { timeout: 20_000, stdoutLimit: 0, reader: { directory, length: 10, count: 2, take } };
  await expect(runProgram('/nowhere/ffmpeg', [], limits)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('leaves nothing behind, also where the path of a socket would be too long', async () => {
  const long = join(directory, 'a'.repeat(100));
  await mkdir(long);
  for (const place of [directory, long]) {
    let blocks = 0;
    const take = async (all: BlockReader) => {
      for await (const { length } of all) blocks += Number(length === 1_000);
    };
    const reader = { directory: place, length: 1_000, count: 2, take };
    await runProgram(process.execPath, ['-e', program(5_000)], { timeout: 20_000, stdoutLimit: 0, reader });
    expect(blocks).toBe(5);
    expect((await readdir(place)).filter((name) => name !== 'a'.repeat(100))).toEqual([]);
  }
});
