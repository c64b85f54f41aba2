import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../test/support/facet.js';
import { LogDestination } from './log-destination.js';

let directory: string;
let path: string;
let fd: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-log-'));
  path = join(directory, 'facet.log');
  fd = openSync(path, 'a');
});

afterEach(async () => {
  closeSync(fd);
  await rm(directory, { recursive: true });
});

const lines = (count: number) => Array.from({ length: count }, (_, index) => `{"line":${index},"text":"grün"}\n`);

it('writes every line in its order, soon', async () => {
  const destination = new LogDestination(fd, path);
  const all = lines(5_000);
  for (const line of all) destination.write(line);
  await eventually(
    () => Promise.resolve(readFileSync(path, 'utf8')),
    (text) => text === all.join(''),
    5,
  );
});

it('writes a single line at once when the process ends', () => {
  const destination = new LogDestination(fd, path);
  destination.write('last words\n');
  destination.flushSync();
  destination.flushSync();
  expect(readFileSync(path, 'utf8')).toBe('last words\n');
});
