import { call, ended, send, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { dial, exchange, requestHead } from './raw-http.js';
import { idOf } from './rows.js';
import { expectRefusal } from './traces.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { LOG_LEVEL: 'debug' });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const ask = (method: string, path: string, headers: Record<string, string | number> = {}, body = '') =>
  exchange(
    facet.url,
    requestHead(method, path, body ? { 'Content-Length': Buffer.byteLength(body), ...headers } : headers),
    body,
  );

describe('there is one body for every error:', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v2/results'],
    ['GET', '/resultsets'],
    ['GET', '/api/v1/results/../../../etc/passwd'],
    ['GET', '/api/v1/results/export/x/y'],
    ['GET', '/health/nothing'],
  ])('no route: %s %s', async (method, path) => {
    expectRefusal(await ask(method, path), 404, 'route_not_found');
  });

  it.each([
    ['GET', '/api/v1/analyze'],
    ['POST', '/api/v1/results'],
    ['PUT', `/api/v1/results/${idOf(1)}`],
    ['PATCH', `/api/v1/analyses/${idOf(1)}`],
    ['GET', `/api/v1/analyses/${idOf(1)}/cancel`],
    ['DELETE', '/api/v1/statistics'],
    ['OPTIONS', '/api/v1/statistics'],
  ])('wrong method: %s %s', async (method, path) => {
    expectRefusal(await ask(method, path), 404, 'route_not_found');
  });

  it.each(['/api/v1/results/%', '/api/v1/results/%zz', '/api/v1/results/%c3%28', '/%ff', '/results/%E0%A4%A'])(
    'a path that cannot be decoded: %s',
    async (path) => {
      expectRefusal(await ask('GET', path), 400, 'malformed_request');
    },
  );

  it('a query that cannot be decoded is text like any other', async () => {
    expect((await ask('GET', '/api/v1/results?q=%zz')).status).toBe(200);
  });

  it.each([
    ['{"a":', 400, 'malformed_request'],
    ['{"__proto__":{"x":1}}', 400, 'malformed_request'],
    ['nonsense', 400, 'malformed_request'],
    ['{}', 404, 'analysis_not_found'],
    ['{"a":1}', 404, 'analysis_not_found'],
  ])('JSON %s', async (body, status, code) => {
    const answer = await ask(
      'POST',
      `/api/v1/analyses/${idOf(1)}/cancel`,
      { 'Content-Type': 'application/json' },
      body,
    );
    expectRefusal(answer, status, code);
  });

  it('a body of a kind that no route takes', async () => {
    const answer = await ask('POST', `/api/v1/analyses/${idOf(1)}/cancel`, { 'Content-Type': 'text/xml' }, '<a/>');
    expectRefusal(answer, 415, 'unsupported_content_type');
  });

  it('a body that is too large for JSON', async () => {
    const body = JSON.stringify('x'.repeat(2_000_000));
    const answer = await ask(
      'POST',
      `/api/v1/analyses/${idOf(1)}/cancel`,
      { 'Content-Type': 'application/json' },
      body,
    );
    expectRefusal(answer, 413, 'body_too_large');
  });

  it.each([
    ['GET', 'results/not-an-id'],
    ['GET', 'results/00000000-0000-0000-0000-00000000000g'],
    ['GET', "results/'%20OR%20'1'='1"],
    ['GET', 'results/%00'],
    ['GET', 'progress/1'],
    ['GET', 'progress/1/stream'],
    ['POST', 'analyses/1/cancel'],
    ['POST', 'analyses/1/retry'],
    ['DELETE', 'analyses/1'],
    ['GET', 'results/1/artifacts/thumbnail.jpg'],
  ])('what is no id: %s %s', async (method, path) => {
    const answer = await ask(method, `/api/v1/${path}`);
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details).toEqual({ fields: [{ field: 'id', message: 'must be a UUID' }] });
  });

  it.each([
    ['GET', 'results/ID'],
    ['GET', 'progress/ID'],
    ['GET', 'progress/ID/stream'],
    ['POST', 'analyses/ID/cancel'],
    ['POST', 'analyses/ID/retry'],
    ['DELETE', 'analyses/ID'],
    ['GET', 'results/ID/artifacts/thumbnail.jpg'],
    ['GET', 'results/ID/download/json'],
  ])('a row that is not there: %s %s', async (method, path) => {
    expectRefusal(await ask(method, `/api/v1/${path.replace('ID', idOf(1))}`), 404, 'analysis_not_found');
  });

  it.each([
    ['no HTTP at all', '\u0016\u0003\u0001\u0002 hello\r\n\r\n'],
    ['a method that is none', 'FROB / HTTP/1.1\r\nHost: facet\r\n\r\n'],
    ['a version that is none', 'GET / HTTP/9.9\r\nHost: facet\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: facet\r\n: x\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: facet\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: facet\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: facet\r\nContent-Length: -1\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: facet\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('bytes that are not a request: %s', async (_case, bytes) => {
    expectRefusal(await exchange(facet.url, bytes), 400, 'malformed_request');
  });

  it('HEAD answers as GET does, without the body', async () => {
    const answer = await fetch(`${facet.url}/api/v1/results/${idOf(1)}`, { method: 'HEAD', headers: signedIn() });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
  });

  it('nothing of the inside is told', async () => {
    for (const path of ['/api/v1/results/%zz', '/nothing', `/api/v1/results/${idOf(1)}`, '/api/v1/results?page=x']) {
      const { body, headers } = await ask('GET', path);
      expect(JSON.stringify(body)).not.toMatch(/\bat \S+ \(|node_modules|\/work|\.js|SELECT|fastify|nest/i);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  it('goes on serving on the next connection', async () => {
    expect((await call(facet.url, '/health')).status).toBe(200);
  });

  it('ends connections that say nothing useful', async () => {
    const line = await dial(facet.url);
    await line.write('garbage\r\n\r\n');
    await eventually(
      () => Promise.resolve(line.socket.closed),
      (closed) => closed,
      5,
    );
  });
});

describe('the id of a request', () => {
  it.each(['abc', 'A.b_c-9', 'x'.repeat(128), idOf('request')])('is taken from the caller: %s', async (id) => {
    const { headers } = await ask('GET', '/api/v1/statistics', { 'X-Request-ID': id });
    expect(headers.get('x-request-id')).toBe(id);
    expect((await ask('GET', '/nothing', { 'X-Request-ID': id })).body.error.request_id).toBe(id);
    expect((await ask('GET', '/%zz', { 'X-Request-ID': id })).body.error.request_id).toBe(id);
  });

  it.each(['', 'a b', 'x'.repeat(129), 'a/b', 'a"b', 'schl\u00fcssel', '${jndi:ldap://x}'])(
    'is made anew instead of %j',
    async (id) => {
      const answer = await ask('GET', '/nothing', { 'X-Request-ID': id });
      expectRefusal(answer, 404, 'route_not_found');
      expect(answer.headers.get('x-request-id')).toMatch(UUID);
    },
  );

  it('is made anew when there are two', async () => {
    const answer = await exchange(
      facet.url,
      'GET / HTTP/1.1\r\nHost: facet\r\nX-Request-ID: a\r\nX-Request-ID: b\r\n\r\n',
    );
    expect(answer.headers.get('x-request-id')).toMatch(UUID);
  });

  it('stands in every line of the log from the request to the end of its job', async () => {
    const picture = await solid(40, 30, '#336699').png().toBuffer();
    const id = 'journey-17';
    const { body } = await send(facet.url, picture, { headers: { 'X-Request-ID': id } });
    await ended(facet.url, body.analysis_id);

    const lines = await eventually(
      () => Promise.resolve(facet.log.filter(({ request_id }) => request_id === id)),
      (found) => found.some(({ msg }) => String(msg).includes('ends: completed')),
    );
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({
      method: 'POST',
      path: '/api/v1/analyze',
      status: 202,
      level: 30,
    });
    const jobs = lines.filter(({ analysis_id }) => analysis_id === body.analysis_id);
    expect(jobs.map(({ msg }) => msg)).toEqual(['Attempt 1 at image starts', 'Attempt 1 ends: completed']);
  });

  it('tells requests apart that are served at the same time', async () => {
    const asked = Array.from({ length: 20 }, (_, index) => `parallel-${index}`);
    await Promise.all(asked.map((id) => ask('GET', `/api/v1/results/${idOf(id)}`, { 'X-Request-ID': id })));
    const paths = await eventually(
      () => Promise.resolve(facet.log.filter(({ request_id }) => asked.includes(String(request_id)))),
      (found) => found.filter(({ msg }) => msg === 'request').length === 20,
    );
    for (const { request_id, path } of paths.filter(({ msg }) => msg === 'request')) {
      expect(path).toBe(`/api/v1/results/${idOf(String(request_id))}`);
    }
  });
});
