import type { Environment } from '../../platform/config/environment.js';
import { OutboundSettings } from '../../platform/config/outbound-settings.js';
import type { OutboundService } from '../../platform/outbound/outbound.service.js';
import { UNLIMITED } from '../../platform/outbound/scheduling/politeness-policy.js';
import { buildDoor, failureOf } from '../../../test/support/network/door.js';
import { buildOddServer, type Handler, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import { ExternalClient } from './external.client.js';

let server: OddServer;
let door: OutboundService;
let answer: Handler;

beforeEach(async () => {
  answer = misbehave;
  server = await buildOddServer((...parts) => {
    answer(...parts);
  });
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
});

function build(path: string, settings: Partial<OutboundSettings> = {}): ExternalClient {
  const allowed = { OUTBOUND_ALLOW: `127.0.0.1:${server.port}`, ...settings };
  ({ door } = buildDoor(allowed));
  const environment = Object.assign(new OutboundSettings(), { API_ENDPOINT_URL: `${server.url}${path}`, ...allowed });
  return new ExternalClient(environment as Environment, door);
}

const row = {
  imageUrl: 'https://example.com/a.jpg',
  options: { prompt: 'How many cats?', temperature: 0, stream: true },
  rowNumber: 7,
  idempotencyKey: 'row-7',
  ownerId: '01997b5e-0000-7000-8000-00000000ada0',
};

const answers = (value: unknown) => {
  answer = (_request, response) => response.end(JSON.stringify(value));
};

it('sends a row as the contract says and takes the object that comes back', async () => {
  answers({ cats: 2, of: ['grey', 'black'] });
  const client = build('/v1/see?x=1', { API_ENDPOINT_KEY: 'secret' });
  expect(await client.ask(row)).toBe('{"cats":2,"of":["grey","black"]}');
  const [{ url, headers, body } = {}] = server.requests as any[];
  expect(url).toBe('/v1/see?x=1');
  expect(headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'idempotency-key': 'row-7',
  });
  expect(JSON.parse(body)).toEqual({
    image_url: 'https://example.com/a.jpg',
    options: { prompt: 'How many cats?', temperature: 0, stream: true },
    row_number: 7,
    idempotency_key: 'row-7',
  });
  expect(client.host).toBe(`127.0.0.1:${server.port}`);
});

it('keeps what the AI has written, on one line', async () => {
  answer = (_request, response) => response.end('{"id": 9007199254740993,\n"mass": 1e400}');
  expect(await build('/').ask(row)).toBe('{"id":9007199254740993,"mass":1e400}');
});

it('speaks chat completions', async () => {
  const message = { role: 'assistant', content: 'Two.' };
  answers({ id: 'x', choices: [{ index: 0, message, finish_reason: 'stop' }] });
  const client = build('/v1/chat/completions', { API_ENDPOINT_FORMAT: 'openai', API_ENDPOINT_MODEL: 'sees' });
  expect(JSON.parse(await client.ask(row))).toEqual(message);
  expect(JSON.parse(server.requests[0]!.body)).toEqual({
    model: 'sees',
    temperature: 0,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'How many cats?' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } },
        ],
      },
    ],
  });
  expect(server.requests[0]!.headers).not.toHaveProperty('authorization');
});

it.each([{}, { choices: [] }, { choices: ['Two.'] }, { choices: [{ message: null }] }])(
  'does not take %j for a completion',
  async (value) => {
    answers(value);
    const client = build('/', { API_ENDPOINT_FORMAT: 'openai' });
    expect(await failureOf(client.ask(row))).toMatchObject({
      failure: 'bad_response',
      message: expect.stringContaining(JSON.stringify(value)),
    });
  },
);

it.each(['/text', '/array'])('keeps the beginning of what is no JSON object: %s', async (path) => {
  const { failure, message } = await failureOf(build(path).ask(row));
  expect(failure).toBe('bad_response');
  expect(message).toContain(path === '/text' ? '<html>  no JSONxxx' : '[1]');
  if (path === '/text') expect(message.split('object: ')[1]).toHaveLength(500);
  expect(message).not.toContain('\u0000');
});

it('does not take an answer that is nested more deeply than is stored', async () => {
  const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  answer = (_request, response) => response.end(nested(200));
  expect(await build('/').ask(row)).toBe(nested(200));
  answer = (_request, response) => response.end(nested(201));
  expect(await failureOf(build('/').ask(row))).toMatchObject({
    failure: 'bad_response',
    message: 'The answer has more than 200 levels of JSON',
  });
});

it('passes on what the AI says of its refusal, and when it wants to be asked again', async () => {
  const client = build('/status?code=429&after=3');
  expect(await failureOf(client.ask(row))).toMatchObject({
    failure: 'rate_limited',
    retryAfter: 3,
    message: 'The host answered 429: what went wrong',
  });
  expect(door.waitBefore(client.host, UNLIMITED)).toMatchObject({ reason: 'retry_after' });
});

it('waits no longer than REQUEST_TIMEOUT', async () => {
  const client = build('/hang', { REQUEST_TIMEOUT: 0.3 });
  expect(await failureOf(client.ask(row))).toMatchObject({ failure: 'timeout' });
});

it('keeps no answer that is larger than a result should be', async () => {
  expect(await failureOf(build('/gigabyte').ask(row))).toMatchObject({ failure: 'too_large' });
});

it('needs the permission of the operator for a private address', async () => {
  const client = build('/', { OUTBOUND_ALLOW: '' });
  expect(await failureOf(client.ask(row))).toMatchObject({ failure: 'blocked_address' });
  expect(server.connections).toBe(0);
});

it('is not configured without a URL', () => {
  ({ door } = buildDoor());
  const client = new ExternalClient(new OutboundSettings() as Environment, door);
  expect([client.configured, client.host]).toEqual([false, '']);
});
