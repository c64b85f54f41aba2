import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorkerThread } from './worker-thread.js';

/** As built: a thread is a program of its own. */
const SERVE_REQUESTS = pathToFileURL(join(__dirname, '../../../dist/platform/threads/serve-requests.js'));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-thread-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Starts a thread that handles a request by this code. */
async function startThread<Request, Response>(does: string): Promise<WorkerThread<Request, Response>> {
  const program = join(folder, `${Math.random()}.mjs`);
  await writeFile(
    program,
    `import { serveRequests } from '${SERVE_REQUESTS.href}';
     let told = 0;
     serveRequests(async (request) => { ${does} }, (response) => response?.buffer ? [response.buffer] : []);`,
  );
  return new WorkerThread(pathToFileURL(program));
}

it('returns to each request its own response, whichever comes first', async () => {
  const thread = await startThread<number, number>(
    'await new Promise((done) => setTimeout(done, request)); return request * 2;',
  );
  expect(await Promise.all([thread.request(60), thread.request(1), thread.request(30)])).toEqual([120, 2, 60]);
});

it('throws what the handler threw, with its code', async () => {
  const thread = await startThread<string, never>(
    `throw Object.assign(new Error('no ' + request), { code: 'ENOSPC' });`,
  );
  await expect(thread.request('room')).rejects.toMatchObject({ message: 'no room', code: 'ENOSPC' });
});

it('transfers bytes with the request and with the response', async () => {
  const thread = await startThread<Uint8Array, Uint8Array>('return request.map((byte) => byte + 1);');
  const given = new Uint8Array([1, 2, 3]);
  expect(await thread.request(given, [given.buffer])).toEqual(new Uint8Array([2, 3, 4]));
  expect(given.length).toBe(0);
});

it('sends notifications in the order of the requests, without a response', async () => {
  const thread = await startThread<number, number>('told += request; return told;');
  thread.notify(1_000);
  expect(await thread.request(1)).toBe(1);
  thread.notify(10);
  expect(await thread.request(100)).toBe(111);
});

it('fails the pending requests of a thread that dies, and starts another for the next', async () => {
  const thread = await startThread<string, string>(
    `if (request === 'die') process.exit(1); if (request === 'wait') await new Promise(() => setTimeout(() => {}, 1e9)); return request;`,
  );
  const waiting = thread.request('wait');
  const dying = thread.request('die');
  await expect(waiting).rejects.toThrow('The thread has ended');
  await expect(dying).rejects.toThrow('The thread has ended');
  expect(await thread.request('again')).toBe('again');
});

it('fails the pending requests of a thread with an uncaught error', async () => {
  const thread = await startThread<string, string>(
    `setTimeout(() => { throw new Error('lost') }); await new Promise(() => {});`,
  );
  await expect(thread.request('anything')).rejects.toThrow('The thread has ended');
});
