import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ADA, buildKey } from '../support/accounts.js';
import { startAi, type AiServer } from '../support/batches/ai-server.js';
import { csvOf } from '../support/batches/submit.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { type Ending, runHere } from '../support/run-here.js';

let ground: Ground;
let ai: AiServer;
let facet: Facet;
let folder: string;
let key: string;

beforeAll(async () => {
  ground = await buildGround();
  ai = await startAi();
  facet = await startFacet(ground, { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address, MAX_BATCH_SIZE: '100' });
  key = await buildKey(ground.database, ADA, ['batches:read', 'batches:write']);
  folder = await mkdtemp(join(tmpdir(), 'facet-cli-'));
  await writeFile(join(folder, 'bad.csv'), 'url\nnonsense\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await facet.stop();
  await ai.stop();
  await ground.remove();
});

/** `npm run facet -- …`, as npm starts it. */
const type = (...words: string[]): Promise<Ending> => typeWith({}, ...words);

const typeWith = (variables: Record<string, string>, ...words: string[]): Promise<Ending> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, FACET_URL: facet.url, FACET_API_KEY: key, ...variables };
    const program = join(__dirname, '../../dist/facet.js');
    execFile(process.execPath, [program, ...words], { cwd: folder, env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });

/** The same in this process. */
const typeHere = (...words: string[]): Promise<Ending> => runHere(words, { FACET_URL: facet.url, FACET_API_KEY: key });

it('says what it can do', async () => {
  const all = await type();
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toMatch(/batch submit .*\n *batch export /);
  expect((await typeHere('batch', 'submit', '--help')).stdout).toContain('--url-column');
  expect((await typeHere('batch', 'paint')).code).toBe(2);
});

it('submits a file, waits for its end, and fetches the rows', async () => {
  await writeFile(join(folder, 'urls.csv'), `${csvOf(250)}nonsense,Picture 251\n`);
  const submitted = await type('batch', 'submit', 'urls.csv', '--name', 'Spring', '--wait');
  expect(submitted).toMatchObject({ code: 0 });
  expect(submitted.stdout).toContain('Spring: 251 rows, 1 without a usable URL');
  expect(submitted.stdout).toContain('Spring_Part3of3');
  expect(submitted.stdout).toContain('Spring completed: 250 succeeded, 1 failed');
  expect(submitted.stdout).toMatch(/error +rows\n.*\n +invalid_url +1\n/);
  expect(submitted.stderr).toMatch(/\[█{30}\] {2}100 % {2}251 of 251/);
  expect(ai.calls).toHaveLength(250);

  const [, upload = ''] = /upload ([0-9a-f-]{36})/.exec(submitted.stdout) ?? [];
  expect(await type('batch', 'export', upload, '-o', 'rows.csv')).toEqual({ code: 0, stdout: '', stderr: '' });
  const rows: Record<string, string>[] = parse(await readFile(join(folder, 'rows.csv')), { columns: true });
  expect(rows.map((row) => [row.row_number, row.title])).toEqual(
    Array.from({ length: 251 }, (_row, at) => [String(at + 1), `Picture ${at + 1}`]),
  );
  const [, batch = ''] = /batch {2}([0-9a-f-]{36}) {2}Spring_Part3of3/.exec(submitted.stdout) ?? [];
  const failed = await type('batch', 'export', batch, '--format', 'ndjson', '--status', 'failed');
  expect(failed.stdout.trim().split('\n').map((line) => JSON.parse(line))).toMatchObject([
    { row_number: 251, url: 'nonsense', error_class: 'invalid_url', title: 'Picture 251' },
  ]); // prettier-ignore
});

it('ends with 1 when the batch failed', async () => {
  const ending = await type('batch', 'submit', 'bad.csv', '--wait');
  expect(ending.code).toBe(1);
  expect(ending.stdout).toContain('bad failed: 0 succeeded, 1 failed');
});

it('tells what an upload would do', async () => {
  const { code, stdout } = await type('batch', 'submit', 'bad.csv', '--dry-run');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ total_urls: 1, invalid_urls: 1 });
});

it('runs the demo, and ends as that does', async () => {
  expect((await typeHere('demo', '--help')).stdout).toContain('--keep');
  // With a setting that Facet does not take it ends before it has begun.
  const { code, stdout, stderr } = await typeWith({ MAX_WORKERS: 'none' }, 'demo', '--keep');
  expect(code).toBe(1);
  expect(stdout).toContain('Facet demo');
  expect(stderr).toContain('MAX_WORKERS: "none" is wrong');
});

it('says what is wrong in one line, and ends with 1', async () => {
  const ending = await type('batch', 'submit', 'nowhere.csv');
  expect(ending).toEqual({ code: 1, stdout: '', stderr: 'nowhere.csv cannot be read.\n' });
});

it.each([
  ['an argument of the demo', ['demo', 'fast'], 2, /one argument too many/],
  ['a file that is not there', ['batch', 'submit', '/nowhere.csv'], 1, /nowhere\.csv cannot be read/],
  ['a folder', ['batch', 'submit', '/'], 1, /\/ cannot be read/],
  ['no file', ['batch', 'submit'], 2, /One FILE is needed/],
  ['an option that it does not have', ['batch', 'submit', 'bad.csv', '--paint'], 2, /--paint/],
  ['what Facet refuses', ['batch', 'submit', 'bad.csv', '--analyzer', 'video'], 1, /422 validation_failed/],
  [
    'a batch that is not there',
    ['batch', 'export', '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10', '-o', 'x'],
    1,
    /batch_not_found/,
  ],
  ['a key that is none', ['batch', 'submit', 'bad.csv', '--api-key', 'facet_00000000_none'], 1, /401 unauthenticated/],
  ['a Facet that is not there', ['batch', 'submit', 'bad.csv', '--url', 'http://127.0.0.1:1'], 1, /cannot be reached/],
])('says what is wrong: %s', async (_case, words, code, message) => {
  const ending = await typeHere(
    ...words.map((word) => (word === 'bad.csv' || word === 'x' ? join(folder, word) : word)),
  );
  expect(ending).toEqual({ code, stdout: '', stderr: expect.stringMatching(message) });
  expect(ending.stderr).not.toMatch(/\bat \S+ \(/);
  expect(await readdir(folder)).not.toContain('x');
});
