import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { BLOCK, giveBack, MOST, takeBlock } from './blocks.js';
import { FileWriter } from './file-writer.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-writer-'));
});

afterAll(() => rm(folder, { recursive: true }));

const write = (writer: FileWriter, bytes: Buffer) =>
  new Promise<void>((resolve, reject) =>
    writer.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    }),
  );

it('hands its block in when others have none, and goes on where it was', async () => {
  const path = join(folder, 'slow');
  const slow = new FileWriter(path);
  const parts = [7, 5, BLOCK + 3, 2].map((size, part) => Buffer.alloc(size, `part ${part}`));
  const others: Buffer[] = [];
  for (let taken = 1; taken < MOST; taken += 1) others.push(await takeBlock());

  for (const part of parts) {
    await write(slow, part);
    // There is none but the one that the slow one holds.
    others.push(await takeBlock());
    giveBack(others.pop()!);
  }

  const whole = Buffer.concat(parts);
  await finished(slow.end());
  expect(slow.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
  expect((await readFile(path)).equals(whole)).toBe(true);
  for (const block of others) giveBack(block);
});

it('hands its block in to who had been waiting before it got it', async () => {
  const [slow, other] = [new FileWriter(join(folder, 'a')), new FileWriter(join(folder, 'b'))];
  const others: Buffer[] = [];
  for (let taken = 0; taken < MOST; taken += 1) others.push(await takeBlock());
  const writings = [write(slow, Buffer.from('slow')), write(other, Buffer.from('other'))];

  giveBack(others.pop()!);

  await Promise.all(writings);
  slow.destroy();
  other.destroy();
  for (const block of others) giveBack(block);
});
