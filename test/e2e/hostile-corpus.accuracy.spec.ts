import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { analyzers } from '../../src/analysis/analyzers.js';
import { type Answer, call } from '../support/client.js';
import { type HostileCase, hostileCorpus } from '../support/corpus.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { exchange, MULTIPART, multipart, requestHead } from './raw-http.js';
import { expectRefusal, filesOf } from './traces.js';

interface Sent {
  readonly hostile: HostileCase;
  readonly answer: Answer;
}

/** Requests that are under way at once. */
const SENDERS = 4;

let ground: Ground;
let facet: Facet;
const sent: Sent[] = [];
/** Every answer that was seen, as text, with its headers, by what was asked. */
const seen: [asked: string, text: string][] = [];

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { QUEUE_SIZE: '300', MAX_WORKERS: '2' });
  await sendAll();
  await eventually(unfinished, (count) => count === 0, 240);
  for (const { hostile, answer } of accepted()) await readAll(hostile.name, answer.body.analysis_id);
}, 300_000);

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** Feeds the corpus through a few senders, each case as its raw name and bytes. */
async function sendAll(): Promise<void> {
  const cases = hostileCorpus()[Symbol.asyncIterator]();
  const sender = async () => {
    for (let next = await cases.next(); !next.done; next = await cases.next()) {
      const answer = await post(next.value);
      sent.push({ hostile: next.value, answer });
      remember(next.value.name, answer);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

function post({ filename, bytes }: HostileCase): Promise<Answer> {
  const body = multipart({ name: 'file', filename, type: 'application/octet-stream', content: bytes });
  const headers = { 'Content-Type': MULTIPART, 'Content-Length': body.length };
  return exchange(facet.url, requestHead('POST', '/api/v1/analyze', headers), body);
}

async function unfinished(): Promise<number> {
  const { rows } = await ground.database.query(
    `SELECT count(*)::int AS open FROM analyses WHERE status IN ('queued', 'processing')`,
  );
  return rows[0].open;
}

/** Everything that the API says about one analysis, its files included. */
async function readAll(name: string, id: string): Promise<void> {
  const row = await call(facet.url, `/api/v1/results/${id}`);
  const paths = ['json', 'csv', 'txt'].map((format) => `/api/v1/results/${id}/download/${format}`);
  const artifacts = (row.body.artifacts as { url: string }[]).map(({ url }) => url);
  remember(name, row);
  for (const path of [`/api/v1/progress/${id}`, ...paths, ...artifacts]) {
    remember(`${name}: ${path}`, await call(facet.url, path));
  }
}

function remember(asked: string, { status, headers, body }: Answer): void {
  expect({ asked, broken: status >= 500 }).toEqual({ asked, broken: false });
  seen.push([asked, `${JSON.stringify([...headers])}\n${typeof body === 'string' ? body : JSON.stringify(body)}`]);
}

const accepted = () => sent.filter(({ answer }) => answer.status === 202);

it('takes or refuses each of the two hundred, and refuses in the one form', () => {
  expect(sent).toHaveLength(200);
  for (const { answer } of sent) {
    if (answer.status === 202) continue;
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectRefusal(answer, answer.status, answer.body.error?.code);
  }
  // Most of the corpus has to reach an analyzer, or the rest of this proves little.
  expect(accepted().length).toBeGreaterThan(150);
});

it('brings each that it took to an end at the first attempt', async () => {
  const { rows } = await ground.database.query('SELECT id, status, attempts, crashes, error_code FROM analyses');
  const names = new Map(accepted().map(({ hostile, answer }) => [answer.body.analysis_id, hostile.name]));
  const outcomes = rows.map(({ id, ...outcome }) => ({ name: names.get(id), ...outcome }));
  const bad = outcomes.filter(
    ({ status, attempts, crashes, error_code }) =>
      attempts !== 1 ||
      crashes !== 0 ||
      !(status === 'completed' || (status === 'failed' && /^[a-z_]+$/.test(error_code))) ||
      ['analyzer_crashed', 'analysis_timed_out'].includes(error_code),
  );
  expect(bad).toEqual([]);
  expect(rows).toHaveLength(accepted().length);
});

it('ran analyses of every kind to completion', async () => {
  const { rows } = await ground.database.query(
    `SELECT file_type, count(*)::int AS completed FROM analyses WHERE status = 'completed' GROUP BY 1`,
  );
  const completed = Object.fromEntries(rows.map(({ file_type, completed }) => [file_type, completed]));
  for (const type of Object.keys(analyzers)) expect(completed[type] ?? 0).toBeGreaterThan(5);
});

it('lives, and has lost no analyzer process', async () => {
  expect((await call(facet.url, '/health/live')).status).toBe(200);
  expect(facet.process.exitCode).toBeNull();
  const alarms = facet.log.filter(({ level, msg }) => String(msg).includes('process died') || Number(level) >= 50);
  expect(alarms).toEqual([]);
});

it('keeps the files of its rows and nothing else', async () => {
  const { rows } = await ground.database.query('SELECT storage_key FROM files');
  const files = (await filesOf(ground)).map((path) => relative(join(ground.dataDirectory, 'files'), path));
  expect(files.sort()).toEqual(rows.map(({ storage_key }) => storage_key).sort());
});

it('tells nobody a path of the machine, a trace of its code, or a file that it can read', () => {
  const root = join(__dirname, '../..');
  const secrets = [ground.dataDirectory, realpathSync(ground.dataDirectory), root, '/usr/', '/tmp/', 'node_modules'];
  const trace = /\bat .{1,200}:\d+:\d+|root:x?:0:0|X-Evil/i;
  const told = seen.flatMap(([asked, text]) => {
    const found = [...secrets.filter((secret) => text.includes(secret)), ...(trace.exec(text) ?? [])];
    return found.length ? [{ asked, found }] : [];
  });
  expect(told).toEqual([]);
  expect(seen.length).toBeGreaterThan(5 * accepted().length);
});
