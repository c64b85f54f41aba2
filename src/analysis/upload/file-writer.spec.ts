import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BLOCK, giveBack, takeBlock } from './blocks.js';
import { FileWriter } from './file-writer.js';

/** Blocks that there are. */
const ALL = 2048;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-writer-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('hands its block in when others have none, and goes on where it was', async () => {
  const path = join(folder, 'slow');
  const slow = await FileWriter.create(path);
  const parts = [7, 5, BLOCK + 3, 2].map((size, part) => Buffer.alloc(size, `part ${part}`));
  const others: Uint8Array[] = [];
  for (let taken = 1; taken < ALL; taken += 1) others.push(await takeBlock());

  for (const part of parts) {
    await slow.write(part);
    // There is none but the one that the slow one holds.
    others.push(await takeBlock());
    giveBack(others.pop()!);
  }

  const whole = Buffer.concat(parts);
  expect(await slow.finish()).toBe(createHash('sha256').update(whole).digest('hex'));
  expect((await readFile(path)).equals(whole)).toBe(true);
  slow.leave();
  for (const block of others) giveBack(block);
});

it('hands its block in to who had been waiting before it got it', async () => {
  const [slow, other] = [await FileWriter.create(join(folder, 'a')), await FileWriter.create(join(folder, 'b'))];
  const others: Uint8Array[] = [];
  for (let taken = 0; taken < ALL; taken += 1) others.push(await takeBlock());
  const writings = [slow.write(Buffer.from('slow')), other.write(Buffer.from('other'))];

  giveBack(others.pop()!);

  await Promise.all(writings);
  slow.leave();
  other.leave();
  for (const block of others) giveBack(block);
});
