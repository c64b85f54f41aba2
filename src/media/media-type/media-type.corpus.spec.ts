import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostileCase, hostileCorpus } from '../../../test/support/corpus.js';
import { detectMediaType, type MediaType, mediaTypes } from './media-type.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
const cases: HostileCase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-corpus-'));
  for await (const made of hostileCorpus()) cases.push(made);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function detect({ bytes, filename }: HostileCase): Promise<MediaType | null> {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  return detectMediaType(path, filename);
}

it('says what each hostile file is, or that it is none of ours, in little memory', async () => {
  // The corpus and the libraries are in memory by now: what grows from here on is detection's.
  await detect(cases[0]!);
  const before = process.memoryUsage().rss;
  let most = before;

  const found: { name: string; type: MediaType | null }[] = [];
  for (const hostile of cases) {
    found.push({ name: hostile.name, type: await detect(hostile) });
    most = Math.max(most, process.memoryUsage().rss);
  }

  expect(found).toHaveLength(200);
  for (const { type } of found) if (type !== null) expect(Object.keys(mediaTypes)).toContain(type);
  expect((most - before) / MEGABYTE).toBeLessThan(100);
});

it('goes by the bytes of what is called something else', async () => {
  const wrong: unknown[] = [];
  for (const hostile of cases) {
    if (!/^name \d+|called/.test(hostile.name)) continue;
    const type = await detect(hostile);
    if (type !== hostile.base) wrong.push({ name: hostile.name, expected: hostile.base, type });
  }
  expect(wrong).toEqual([]);
});

it.each(['a Windows program.png', 'an ELF program.jpg', 'nothing but zeros.mp4'])('refuses %s', async (name) => {
  const [hostile, ...others] = cases.filter((made) => made.name === name);
  expect(await detect(hostile!)).toBeNull();
  expect(others).toEqual([]);
});
