import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectMediaType } from './media-type.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-sample-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('a table of a few long rows is one whatever its name, though what is looked at ends within a row', async () => {
  const row = (number: number) => `${number},${'word '.repeat(6)},${'7'.repeat(9_000)},yes\n`;
  const table = `number,words,digits,flag\n${Array.from({ length: 40 }, (_, number) => row(number)).join('')}`;
  const path = join(folder, 'table.bin');
  await writeFile(path, table);
  expect(await detectMediaType(path, 'table.bin')).toBe('text/csv');
});
