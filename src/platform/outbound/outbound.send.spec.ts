import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { buildDoor, failureOf } from '../../../test/support/network/door.js';
import { buildOddServer, type Handler, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import type { OutboundService } from './outbound.service.js';
import { UNLIMITED } from './scheduling/politeness-policy.js';
import type { Statistics } from './statistics/statistics.js';
import type { HttpMethod, SendRequest } from './transport/outbound-request.js';

let server: OddServer;
let door: OutboundService;
let statistics: Statistics;
let handler: Handler;

beforeEach(async () => {
  handler = misbehave;
  server = await buildOddServer((...parts) => {
    handler(...parts);
  });
  ({ door, statistics } = buildDoor({ OUTBOUND_ALLOW: '127.0.0.0/8', OUTBOUND_CIRCUIT_VOLUME: 5 }));
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
});

const send = (path: string, request: Partial<SendRequest> = {}) =>
  door.send({ url: `${server.url}${path}`, ownerId: null, politeness: UNLIMITED, ...request });

const limits = (maxBytes: number) => ({ ...door.limits, maxBytes });

it('returns an error response with its headers and whole body', async () => {
  const details = {
    name: 'UNPROCESSABLE_ENTITY',
    details: [{ issue: 'ORDER_NOT_APPROVED' }],
    text: 'x'.repeat(50_000),
  };
  handler = (_request, response) =>
    response
      .writeHead(422, { 'Content-Type': 'application/json', 'PayPal-Debug-Id': 'd1', 'Set-Cookie': ['a=1', 'b=2'] })
      .end(JSON.stringify(details));
  const response = await send('/orders', { method: 'POST', body: '{}', headers: ['Content-Type', 'application/json'] });
  expect(response).toMatchObject({ status: 422, url: `${server.url}/orders`, truncated: false });
  expect(response.headers).toMatchObject({ 'paypal-debug-id': 'd1', 'set-cookie': ['a=1', 'b=2'] });
  expect(JSON.parse(response.body.toString())).toEqual(details);
});

it.each([200, 201, 204, 304, 400, 401, 404, 409, 429, 500, 503])('returns a response of %d', async (code) => {
  const { status, body } = await send(`/status?code=${code}`);
  expect({ status, body: body.toString() }).toEqual({
    status: code,
    body: code === 204 || code === 304 ? '' : 'what went wrong',
  });
});

it.each<HttpMethod>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('sends %s', async (method) => {
  const seen: unknown[] = [];
  handler = (request, response) => {
    seen.push(request.method);
    response.writeHead(200, { 'content-length': '9', 'content-encoding': 'identity' }).end('nine long');
  };
  const body = ['POST', 'PUT', 'PATCH'].includes(method) ? '{"a":1}' : undefined;
  const answer = await send('/any', { method, ...(body ? { body } : {}) });
  expect(seen).toEqual([method]);
  expect(server.requests.map((request) => request.body)).toEqual([body ?? '']);
  expect(answer.body.toString()).toBe(method === 'HEAD' ? '' : 'nine long');
});

it('takes no body of a HEAD for too large or undecodable, whatever its headers announce', async () => {
  handler = (_request, response) =>
    response.writeHead(200, { 'content-length': '1000000', 'content-encoding': 'gzip' }).end();
  expect(await send('/', { method: 'HEAD', limits: limits(10) })).toMatchObject({
    status: 200,
    headers: { 'content-length': '1000000' },
    truncated: false,
  });
});

it('sends signatures over the very bytes of the body', async () => {
  const body = Buffer.from('{"type":"analysis.completed","text":"ä"}');
  const sign = (bytes: Buffer | string) => createHmac('sha256', 'secret').update(bytes).digest('base64');
  await send('/hook', { method: 'POST', body, headers: ['webhook-signature', `v1,${sign(body)}`] });
  const [hook] = server.requests;
  expect(hook!.headers['webhook-signature']).toBe(`v1,${sign(hook!.body)}`);
});

it.each([200, 410])('reads the beginning of a long body and cuts the rest off, at %d', async (code) => {
  handler = (_request, response) => {
    response.writeHead(code);
    const pour = () => {
      while (!response.destroyed && response.write('0123456789'.repeat(1000)));
    };
    response.on('drain', pour);
    pour();
  };
  const response = await send('/', { overflow: 'truncate', limits: limits(15) });
  expect({ ...response, headers: {} }).toMatchObject({ status: code, truncated: true });
  expect(response.body.toString()).toBe('012345678901234');
});

it('cuts off what is short on the wire and long when decoded', async () => {
  handler = (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('0123456789'.repeat(100_000)));
  const response = await send('/', { overflow: 'truncate', limits: limits(2000) });
  expect(response.truncated).toBe(true);
  expect(response.body.toString()).toBe('0123456789'.repeat(200));
});

it('takes a body of exactly the limit whole', async () => {
  handler = (_request, response) => response.end('0123456789');
  for (const overflow of ['truncate', 'fail'] as const) {
    expect(await send('/', { overflow, limits: limits(10) })).toMatchObject({ truncated: false });
  }
});

it.each(['/gigabyte', '/announced-gigabyte', '/bomb'])('fails at a body beyond the limit: %s', async (path) => {
  expect(await failureOf(send(path, { limits: limits(1_000_000) }))).toMatchObject({ failure: 'too_large' });
});

it('counts every status for the health of the host', async () => {
  for (let time = 0; time < 5; time += 1) expect((await send('/status?code=500')).status).toBe(500);
  expect(door.openCircuits()).toEqual([[`127.0.0.1:${server.port}`, 'open']]);
  expect(await failureOf(send('/fine'))).toMatchObject({ failure: 'circuit_open' });
  expect(server.requests).toHaveLength(5);
  expect(statistics.collect(1)).toMatchObject([{ requests: 5, failures: 5, rejects: 1 }]);
});

it('applies Retry-After, though it returns the response', async () => {
  expect(await send('/status?code=429&after=7')).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  expect(door.waitBefore(`127.0.0.1:${server.port}`, UNLIMITED)).toMatchObject({ reason: 'retry_after' });
});

it('fails when there is no response', async () => {
  expect(await failureOf(send('/reset'))).toMatchObject({ failure: 'connect' });
  expect(await failureOf(send('/hang', { limits: { ...door.limits, firstByteSeconds: 0.2 } }))).toMatchObject({
    failure: 'timeout',
  });
});

it('follows redirects with the checks of each, or returns the redirect', async () => {
  expect(await send('/round?left=2')).toMatchObject({ status: 200, url: `${server.url}/round?left=0` });
  expect(await failureOf(send('/to?location=http://10.0.0.1/'))).toMatchObject({ failure: 'blocked_address' });
  expect(await send('/to?location=http://10.0.0.1/', { followRedirects: false })).toMatchObject({
    status: 302,
    headers: { location: 'http://10.0.0.1/' },
  });
  expect(await send('/to?code=304&location=/')).toMatchObject({ status: 304 });
});

it.each<[HttpMethod, number, HttpMethod, string]>([
  ['PUT', 301, 'PUT', 'text'],
  ['PATCH', 302, 'PATCH', 'text'],
  ['POST', 302, 'GET', ''],
  ['PUT', 303, 'GET', ''],
  ['POST', 307, 'POST', 'text'],
  ['DELETE', 308, 'DELETE', ''],
  ['HEAD', 303, 'HEAD', ''],
])('redirects %s with %d to %s', async (method, code, then, body) => {
  const seen: unknown[] = [];
  handler = (request, response, odd) => {
    seen.push(request.method);
    misbehave(request, response, odd);
  };
  const sendsBody = method !== 'HEAD' && method !== 'DELETE';
  await send(`/to?code=${code}&location=/there`, { method, ...(sendsBody ? { body: 'text' } : {}) });
  expect(seen).toEqual([method, then]);
  expect(server.requests[1]).toMatchObject({ url: '/there', body });
});

it('tells another origin neither keys nor signatures', async () => {
  const other = await buildOddServer(misbehave);
  const headers = ['X-Api-Key', 'k', 'webhook-signature', 's', 'X-Amz-Security-Token', 't', 'accept', 'text/plain'];
  await send(`/to?code=307&location=${other.url}/there`, { method: 'POST', headers, body: 'text' });
  const given = Object.keys(other.requests[0]!.headers);
  expect(given).toContain('accept');
  for (const name of ['x-api-key', 'webhook-signature', 'x-amz-security-token']) expect(given).not.toContain(name);
  await other.close();
});

it('does not send a header with a line break', async () => {
  await expect(send('/', { headers: ['x-name', 'a\r\nx-other: b'] })).rejects.toThrow('invalid x-name header');
  expect(server.requests).toEqual([]);
  expect(door.openCircuits()).toEqual([]);
});
