import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signedIn } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { dial, exchange, MULTIPART, multipart, partHead, requestHead } from './raw-http.js';
import { idOf } from './rows.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

/** Bytes of a refusal, and fields that it names, at most. */
const [MAX_REFUSAL_BYTES, MAX_FIELDS] = [8192, 20];

const [DEPTH, VALUES, PARAMETERS] = [5, 30, 8];

const LOGIN = '/api/v1/auth/login';
const CANCEL = `/api/v1/analyses/${idOf(1)}/cancel`;
const FORM = 'application/x-www-form-urlencoded';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, {
    ROLE: 'api',
    MAX_JSON_DEPTH: String(DEPTH),
    MAX_JSON_VALUES: String(VALUES),
    MAX_PARAMETERS: String(PARAMETERS),
    BODY_TIMEOUT: '1',
    API_ENDPOINT_URL: 'http://127.0.0.1:9/ai',
    OUTBOUND_ALLOW: '127.0.0.1:9',
  });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const ask = (method: string, path: string, headers: Record<string, string | number> = {}, body: Buffer | string = '') =>
  exchange(facet.url, requestHead(method, path, { 'Content-Length': Buffer.byteLength(body), ...headers }), body);

const post = (path: string, body: string, type = 'application/json') =>
  ask('POST', path, { 'Content-Type': type }, body);

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON', () => {
  it.each([
    ['a route with a body', LOGIN],
    ['a route without one', CANCEL],
    ['no route at all', '/api/v1/nothing'],
  ])('that is nested too deeply or holds too much is 400 for %s', async (_case, path) => {
    const long = JSON.stringify({ ['x'.repeat(201)]: 1 });
    for (const body of [nested(DEPTH + 1), `{"a":${nested(DEPTH)}}`, `[${'1,'.repeat(VALUES)}1]`, long]) {
      expectRefusal(await post(path, body), 400, 'malformed_request');
    }
  });

  it('of exactly the limits is looked at', async () => {
    expectRefusal(await post(LOGIN, `{"email":${nested(DEPTH - 1)}}`), 422, 'validation_failed');
    const many = Object.fromEntries(Array.from({ length: VALUES }, (_, index) => [`k${index}`, 1]));
    const { body } = await post(LOGIN, JSON.stringify(many));
    expect(body.error.details).toMatchObject({ more: VALUES - MAX_FIELDS });
    expect(body.error.details.fields).toHaveLength(MAX_FIELDS);
  });

  it('that is an array where an object is wanted is refused as one', async () => {
    const answer = await post(LOGIN, '[{"email":"ada@example.org"}]');
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details).toEqual({ fields: [{ field: 'body', message: 'must be an object' }] });
  });

  it('with names that grow when they are written is refused in few bytes', async () => {
    const names = Array.from({ length: VALUES }, (_, index) => [`${'\u0001'.repeat(30)}${index}`, 1]);
    const answer = await post(LOGIN, JSON.stringify(Object.fromEntries(names)));
    expectRefusal(answer, 422, 'validation_failed');
    expect(Number(answer.headers.get('content-length'))).toBeLessThanOrEqual(MAX_REFUSAL_BYTES);
  });
});

describe('options in a form', () => {
  const upload = (path: string, options: string, type?: string) =>
    ask(
      'POST',
      path,
      { 'Content-Type': MULTIPART },
      multipart(
        { name: 'options', content: options, ...(type === undefined ? {} : { type }) },
        { name: 'file', filename: 'a.csv', content: 'url\nhttp://a.example/1\n' },
      ),
    );

  it.each(['/api/v1/batches', '/api/v1/analyze'])('of %s have the same bounds', async (path) => {
    for (const type of [undefined, 'application/json']) {
      for (const options of [`{"a":${nested(DEPTH)}}`, `{"a":[${'1,'.repeat(VALUES)}1]}`]) {
        expectRefusal(await upload(path, options, type), 400, 'malformed_request');
      }
    }
    expectRefusal(await upload(path, `{"a":${nested(2000)}}`, 'application/json'), 400, 'malformed_request');
    expect(await countRows(ground)).toBe(0);
    expect(await filesOf(ground)).toEqual([]);
  });

  it('within them are taken', async () => {
    expect((await upload('/api/v1/batches', `{"a":${nested(DEPTH - 1)}}`)).status).toBe(202);
  });
});

describe('parameters', () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join('&');

  it('of a query are counted, those that no route knows too', async () => {
    for (const path of ['/api/v1/results', '/results', '/api/v1/nothing', '/health/live']) {
      expectRefusal(await ask('GET', `${path}?${pairs(PARAMETERS + 1)}`), 400, 'malformed_request');
    }
    expectRefusal(await ask('GET', `/api/v1/results?${'&'.repeat(PARAMETERS)}`), 400, 'malformed_request');
    const answer = await ask('GET', `/api/v1/results?${pairs(PARAMETERS)}`);
    expect(answer.body.error.details.fields).toHaveLength(PARAMETERS);
  });

  it('that are given twice are refused by name', async () => {
    const answer = await ask('GET', '/api/v1/results?page=1&page=2&q=a&q=b');
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.body.error.details.fields).toEqual([
      { field: 'page', message: 'must be given once' },
      { field: 'q', message: 'must be given once' },
    ]);
  });

  it('of a form are counted', async () => {
    expectRefusal(await post(LOGIN, pairs(PARAMETERS + 1), FORM), 400, 'malformed_request');
    expectRefusal(await post(LOGIN, '__proto__=1', FORM), 400, 'malformed_request');
    expectRefusal(await post(LOGIN, pairs(PARAMETERS), FORM), 422, 'validation_failed');
  });
});

describe('a form with a file', () => {
  const upload = (body: Buffer | string, type = MULTIPART) =>
    ask('POST', '/api/v1/analyze', { 'Content-Type': type }, body);

  it.each([
    ['none', 'multipart/form-data'],
    ['an empty one', 'multipart/form-data; boundary='],
    ['one that is longer than a parser takes', `multipart/form-data; boundary=${'x'.repeat(300)}`],
    ['one in an encoding', "multipart/form-data; boundary*=utf-8''%0a%00"],
    ['one without its second quote', 'multipart/form-data; boundary="x'],
    ['two', 'multipart/form-data; boundary=x; boundary=y'],
    ['one after nonsense', 'multipart/form-data;;;=;boundary'],
  ])('and %s for a boundary is 400', async (_case, type) => {
    expectRefusal(await upload('--x\r\n\r\n', type), 400, 'malformed_request');
  });

  it('of parts without end is 400 after the first few', async () => {
    for (const part of ['\r\n--facet-boundary', '\r\n--facet-boundary\r\n\r\n', partHead({ name: 'a' }).toString()]) {
      expectRefusal(await upload(part.repeat(200)), 400, 'malformed_request');
    }
  });

  it('whose parts have no names, or long ones, is 400', async () => {
    const nameless = '--facet-boundary\r\nContent-Disposition: form-data\r\n\r\nx\r\n--facet-boundary--\r\n';
    expectRefusal(await upload(nameless), 400, 'malformed_request');
    expectRefusal(await upload(multipart({ name: 'x'.repeat(101), content: '' })), 400, 'malformed_request');
  });

  it.each([
    ["UTF-8''a%0A%0d%00%1fb.txt", 'ab.txt'],
    ["utf-8''%0a%C3%BCber%7F.txt", 'über.txt'],
    ["iso-8859-1'en'%0A%FCber.txt", 'über.txt'],
  ])('whose filename* is %s is kept as %s', async (given, kept) => {
    const head = `--facet-boundary\r\nContent-Disposition: form-data; name="file"; filename*=${given}\r\n\r\n`;
    const answer = await upload(`${head}Hello there, reader.\r\n--facet-boundary--\r\n`);
    expect({ status: answer.status, filename: answer.body.filename }).toEqual({ status: 202, filename: kept });
  });
});

it('names as many columns of a CSV as fit into a short refusal', async () => {
  const path = join(ground.dataDirectory, 'columns.csv');
  const columns = Array.from({ length: 60 }, (_, index) => `${'\u0001'.repeat(90)}${index}`);
  await writeFile(path, `${columns.join(',')}\n${columns.map(() => '1').join(',')}\n`);
  const form = new FormData();
  form.set('file', await openAsBlob(path), 'columns.csv');
  const answer = await fetch(`${facet.url}/api/v1/batches`, { method: 'POST', headers: signedIn(), body: form });
  const text = await answer.text();
  expect(text).toContain('csv_');
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_REFUSAL_BYTES);
});

describe('the head of a request', () => {
  it.each([
    ['two hosts', 'GET /health/live HTTP/1.1\r\nHost: facet\r\nHost: facet\r\n\r\n'],
    ['two hosts in HTTP/1.0', 'GET /health/live HTTP/1.0\r\nHost: a\r\nhOST: b\r\n\r\n'],
    ['two hosts and no route', 'GET /nothing HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
  ])('with %s is 400', async (_case, head) => {
    expectRefusal(await exchange(facet.url, head), 400, 'malformed_request');
  });

  it('with one host is taken, and without one in HTTP/1.0', async () => {
    expect((await exchange(facet.url, 'GET /health/live HTTP/1.1\r\nHost: facet\r\n\r\n')).status).toBe(200);
    expect((await exchange(facet.url, 'GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
  });

  it.each(['banana', '200-ok', '100-continued', ''])('that expects %j is 417', async (expectation) => {
    for (const path of ['/health/live', '/api/v1/nothing', '/api/v1/results']) {
      const answer = await ask('GET', path, { Expect: expectation, 'X-Request-ID': 'edge-1' });
      expectRefusal(answer, 417, 'expectation_failed');
      expect(answer.headers.get('x-request-id')).toBe('edge-1');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('that expects 100-continue is told to go on', async () => {
    const line = await dial(facet.url);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 2, Expect: '100-Continue' };
    await line.write(requestHead('POST', LOGIN, headers));
    const [first] = (await once(line.socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
    line.socket.destroy();
  });
});

describe('a body that drips', () => {
  /** Milliseconds between two bytes: no connection is idle for long. */
  const DRIP_MS = 100;

  /** Sends a request of 1,000 bytes by the byte, until the other side hangs up; answers what it said. */
  async function drip(method: string, path: string, type: string, beginning: Buffer | string = '') {
    const line = await dial(facet.url);
    await line.write(requestHead(method, path, { 'Content-Type': type, 'Content-Length': 1000 }));
    await line.write(beginning);
    const drops = setInterval(() => void line.write(' '), DRIP_MS);
    try {
      const answer = await line.answer();
      if (!line.socket.closed) await new Promise((resolve) => line.socket.once('close', resolve));
      return answer;
    } finally {
      clearInterval(drops);
      line.socket.destroy();
    }
  }

  it.each([
    ['JSON', LOGIN, 'application/json', '{'],
    ['JSON that no route wants', CANCEL, 'application/json', '{'],
    ['JSON without a route', '/api/v1/nothing', 'application/json', ''],
    ['a form', '/admin/session', FORM, 'email='],
    ['text', LOGIN, 'text/plain', ''],
    ['a file', '/api/v1/analyze', MULTIPART, partHead({ name: 'file', filename: 'a.png' })],
    ['a CSV', '/api/v1/batches', MULTIPART, partHead({ name: 'file', filename: 'a.csv' })],
  ])('of %s is 408, and its connection ends', async (_case, path, type, beginning) => {
    expectRefusal(await drip('POST', path, type, beginning), 408, 'request_timed_out');
    expect(await filesOf(ground)).not.toContainEqual(expect.stringContaining('upload-'));
  });

  it.each([
    ['a read', 'GET', '/api/v1/analyzers', 'application/json', 200],
    ['a form that no route reads', 'POST', CANCEL, MULTIPART, 404],
    ['a kind that no route takes', 'POST', LOGIN, 'text/xml', 415],
    ['a path that is none', 'POST', '/%zz', 'application/json', 400],
    ['somebody who is refused at once', 'GET', '/api/v1/nothing', 'application/json', 404],
  ])('of %s has its answer, and its connection ends', async (_case, method, path, type, status) => {
    expect((await drip(method, path, type)).status).toBe(status);
  });
});
