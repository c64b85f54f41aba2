import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Six photographs of groups of people, which `npm run setup -- --test-data` fetches. Counted by hand. */
export const photographs = [
  { name: 'sample1', people: 3 },
  { name: 'sample2', people: 3 },
  { name: 'sample3', people: 3 },
  { name: 'sample4', people: 4 },
  { name: 'sample5', people: 5 },
  { name: 'sample6', people: 4 },
].map(({ name, people }) => ({
  name,
  people,
  path: join(import.meta.dirname, '../../../.data/test-data/photographs', `${name}.jpg`),
}));

/** The bytes of one of them, 1–6. */
export const photograph = (number: number): Promise<Buffer> => readFile(photographs[number - 1]!.path);
