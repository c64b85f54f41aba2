import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fingerprints } from './fingerprints.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-fingerprints-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Counts the repetitions among texts that are the numbers given. */
function repetitions(numbers: Iterable<number>, capacity?: number): number {
  const seen = new Fingerprints(directory, capacity);
  const bytes = Buffer.alloc(64);
  for (const number of numbers) seen.add(bytes, 3, 3 + bytes.write(`https://example.com/${number}.jpg`, 3));
  const found = seen.repetitions();
  seen.close();
  return found;
}

it('counts what was there before', () => {
  expect(repetitions([])).toBe(0);
  expect(repetitions([1, 2, 3])).toBe(0);
  expect(repetitions([1, 2, 1, 1, 3, 2])).toBe(3);
  expect(repetitions(Array.from({ length: 100_000 }, (_number, index) => index % 70_000))).toBe(30_000);
});

it('counts more than it holds, and leaves no file', async () => {
  function* numbers() {
    for (let number = 0; number < 25_000; number++) yield number < 24_000 ? number : number - 20_000;
  }
  for (const capacity of [1, 3, 1_000, 24_999, 25_000, 25_001]) {
    if (capacity > 3) expect(repetitions(numbers(), capacity)).toBe(1_000);
    else expect(repetitions([1, 2, 3, 2, 1, 4, 5, 1], capacity)).toBe(3);
  }
  expect(await readdir(directory)).toEqual([]);
});

it('tells texts apart that differ in little', () => {
  const seen = new Fingerprints(directory);
  for (const text of ['', 'a', 'b', 'aa', 'ab', 'ba', 'a\0', '\0a', '\0', '\0\0'])
    seen.add(Buffer.from(text), 0, text.length);
  expect(seen.repetitions()).toBe(0);
});
