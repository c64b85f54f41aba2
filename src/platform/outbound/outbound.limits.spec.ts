import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { buildDoor, failureOf, POLITE } from '../../../test/support/network/door.js';
import { buildOddServer, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import type { OutboundService } from './outbound.service.js';
import { UNLIMITED } from './scheduling/politeness-policy.js';

const CAP = 1_000_000;

let server: OddServer;
let door: OutboundService;
let folder: string;

beforeEach(async () => {
  server = await buildOddServer(misbehave);
  folder = await mkdtemp(join(tmpdir(), 'facet-outbound-'));
  ({ door } = buildDoor({
    OUTBOUND_ALLOW: '127.0.0.0/8',
    OUTBOUND_CONNECT_TIMEOUT: 0.5,
    OUTBOUND_FIRST_BYTE_TIMEOUT: 0.5,
    OUTBOUND_TOTAL_TIMEOUT: 20,
    OUTBOUND_MAX_BYTES: CAP,
    BATCH_CONCURRENCY: 40,
  }));
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
  await rm(folder, { recursive: true });
});

const request = (path: string) => ({ url: `${server.url}${path}`, ownerId: null, politeness: POLITE });
const get = (path: string) => door.fetch(request(path));

it('brings an answer, by a name and headers that the host can use', async () => {
  const { status, url, body } = await get('/fine?x=1');
  expect({ status, url, body: body.toString() }).toEqual({
    status: 200,
    url: `${server.url}/fine?x=1`,
    body: '{"ok":true}',
  });
  expect(server.requests).toMatchObject([
    { url: '/fine?x=1', headers: { host: `127.0.0.1:${server.port}`, 'accept-encoding': 'identity' } },
  ]);
});

it('opens no more connections than rows may be in flight, however quickly one follows the other', async () => {
  let left = 400;
  const limits = { ...door.limits, firstByteSeconds: 10 };
  const place = async () => {
    while (left-- > 0) await door.fetch({ ...request('/fine'), politeness: UNLIMITED, limits });
  };
  await Promise.all(Array.from({ length: 40 }, place));
  expect(server.requests).toHaveLength(400);
  expect(server.connections).toBeLessThanOrEqual(40);
});

it.each([
  ['/hang', 'timeout'],
  ['/reset', 'connect'],
  ['/reset-in-body', 'connect'],
  ['/gigabyte', 'too_large'],
  ['/announced-gigabyte', 'too_large'],
  ['/bomb', 'too_large'],
  ['/false-gzip', 'bad_response'],
  ['/strange-encoding', 'bad_response'],
  ['/headers', 'bad_response'],
  ['/garbage', 'bad_response'],
  ['/status?code=404', 'http_4xx'],
  ['/status?code=429', 'rate_limited'],
  ['/status?code=500', 'http_5xx'],
  ['/status?code=503', 'http_5xx'],
  ['/status?code=304', 'bad_response'],
  ['/to?code=300&location=/', 'bad_response'],
  ['/to?code=304&location=/', 'bad_response'],
  ['/to?code=305&location=/', 'bad_response'],
  ['/to?location=http://', 'bad_response'],
])('answers for %s in memory and as a file: %s', async (path, failure) => {
  expect(await failureOf(get(path))).toMatchObject({ failure });
  expect(await failureOf(door.download(request(path), join(folder, 'image')))).toMatchObject({ failure });
  expect(await readdir(folder)).toEqual([]);
});

it('costs the cap and no more, whatever a host pours out', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await Promise.all(Array.from({ length: 8 }, () => failureOf(get('/gigabyte'))));
  await Promise.all(Array.from({ length: 8 }, () => failureOf(get('/bomb'))));
  // Eight gigabytes were offered; what was sent is the caps and what fits into the sockets' buffers.
  expect(server.sent).toBeLessThan(200_000_000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
});

it('unpacks what is packed, below the cap', async () => {
  expect((await get('/gzip')).body.toString()).toBe('{"packed":true}');
  await door.download(request('/gzip'), join(folder, 'packed'));
  expect(await readFile(join(folder, 'packed'), 'utf8')).toBe('{"packed":true}');
});

it('ends an answer that drips, though a byte is always on its way', async () => {
  const dripping = door.fetch({ ...request('/drip'), limits: { ...door.limits, minBytesPerSecond: 1_000 } });
  expect(await failureOf(dripping)).toMatchObject({ failure: 'timeout', message: expect.stringContaining('slower') });
  const endless = door.fetch({
    ...request('/drip'),
    limits: { ...door.limits, minBytesPerSecond: 0, totalSeconds: 0.5 },
  });
  expect(await failureOf(endless)).toMatchObject({ failure: 'timeout', message: expect.stringContaining('complete') });
});

it('follows five redirects and not a sixth', async () => {
  const { url, body } = await get('/round?left=5');
  expect([url, body.toString()]).toEqual([`${server.url}/round?left=0`, '{"arrived":true}']);
  expect((await failureOf(get('/round?left=6'))).failure).toBe('bad_response');
});

it('tells another host nothing that was meant for the first', async () => {
  const other = await buildOddServer(misbehave);
  const location = encodeURIComponent(`${other.url}/there`);
  const headers = Object.entries({
    authorization: 'Bearer secret',
    'content-type': 'text/plain',
    'idempotency-key': 'k',
    'x-mine': 'y',
  }).flat();
  const asked = { ...request(`/to?location=${location}`), method: 'POST' as const, headers, body: 'text' };
  await door.fetch(asked);
  expect(server.requests[0]).toMatchObject({ body: 'text', headers: { authorization: 'Bearer secret' } });
  expect(other.requests[0]).toMatchObject({ url: '/there', body: '', headers: { 'x-mine': 'y' } });
  for (const name of ['authorization', 'content-type', 'idempotency-key']) {
    expect(other.requests[0]!.headers).not.toHaveProperty(name);
  }
  await other.close();
});

it('cannot connect where nobody listens', async () => {
  const { url } = server;
  await server.close();
  expect(await failureOf(door.fetch({ url, ownerId: null, politeness: POLITE }))).toMatchObject({
    failure: 'connect',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  server = await buildOddServer(misbehave);
});

it('does not wait for a handshake that never ends', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const refused = await failureOf(door.fetch({ url: `https://127.0.0.1:${port}/`, ownerId: null, politeness: POLITE }));
  expect(refused.failure).toBe('timeout');
  silent.close();
});

it('ends at once when its caller gives up, and leaves nothing', async () => {
  const giveUp = new AbortController();
  const asked = door.download({ ...request('/drip'), signal: giveUp.signal }, join(folder, 'half'));
  const outcome = expect(asked).rejects.toThrow('paused');
  while (!existsSync(join(folder, 'half'))) await new Promise((resolve) => setTimeout(resolve, 5));
  giveUp.abort(new Error('paused'));
  await outcome;
  expect(await readdir(folder)).toEqual([]);
  await expect(door.fetch({ ...request('/fine'), signal: giveUp.signal })).rejects.toThrow('paused');
});

it('never writes over a file', async () => {
  const path = join(folder, 'precious');
  await writeFile(path, 'precious');
  await expect(door.download(request('/fine'), path)).rejects.toThrow('EEXIST');
  expect(await readFile(path, 'utf8')).toBe('precious');
});

it('keeps connections open for the next request', async () => {
  for (let time = 0; time < 20; time += 1) await get('/fine');
  // The next request may leave in the moment before the connection of the last is free again.
  expect(server.connections).toBeLessThanOrEqual(2);
});
