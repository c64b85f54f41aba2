import { type BreakableServer, buildRedis } from '../faults/servers.js';
import { call, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { expectRefusal } from './traces.js';

let ground: Ground;
let picture: Buffer;
const started: Facet[] = [];

beforeAll(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((facet) => facet.stop()));
  await ground.redis.flushdb();
});

afterAll(() => ground.remove());

const start = async (variables: Record<string, string>, on = ground): Promise<Facet> => {
  const facet = await startFacet(on, { ROLE: 'api', ...variables });
  started.push(facet);
  return facet;
};

const read = ({ url }: Facet) => call(url, '/api/v1/analyzers');

/** Somebody whom nobody knows tries a token that is none. */
const knock = ({ url }: Facet, headers: Record<string, string>) =>
  call(url, '/api/v1/auth/refresh', { method: 'POST', as: null, json: { refresh_token: 'x' }, headers });

it('lets exactly so many through two processes in a burst, and tells everybody where they stand', async () => {
  const limit = { RATE_LIMIT_ACCOUNT: '40', RATE_LIMIT_ANALYZE: '2' };
  const [one, other] = await Promise.all([start(limit), start(limit)]);
  const answers = await Promise.all(Array.from({ length: 160 }, (_, index) => read(index % 2 ? one : other)));

  const passed = answers.filter(({ status }) => status === 200);
  const remaining = passed.map(({ headers }) => Number(headers.get('ratelimit-remaining')));
  expect(remaining.sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
  for (const { headers } of answers) {
    expect(headers.get('ratelimit-limit')).toBe('40');
    expect(headers.get('ratelimit-policy')).toBe('40;w=60');
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    expect(Number(headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
  }
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expectRefusal(answer, 429, 'rate_limited');
    expect(answer.body.error.details).toEqual({ limit: 40, window: 60 });
    expect(answer.headers.get('retry-after')).toBe(answer.headers.get('ratelimit-reset'));
    expect(answer.headers.get('ratelimit-remaining')).toBe('0');
  }

  // Files have a budget of their own, and probes are never counted.
  const files = [];
  for (const facet of [one, other, one]) files.push((await send(facet.url, picture)).status);
  expect(files).toEqual([202, 202, 429]);
  for (const path of ['/health', '/health/live', '/health/ready']) {
    const { status, headers } = await call(one.url, path);
    expect({ path, status, counted: headers.has('ratelimit-limit') }).toEqual({ path, status: 200, counted: false });
  }
});

it('believes nobody who says to come from elsewhere, but the proxy it trusts', async () => {
  const open = await start({ RATE_LIMIT_ANONYMOUS: '3' });
  const statuses = [];
  for (let index = 0; index < 5; index++) {
    statuses.push((await knock(open, { 'X-Forwarded-For': `192.0.2.${index}` })).status);
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  await ground.redis.flushdb();

  const behind = await start({ RATE_LIMIT_ANONYMOUS: '1', TRUST_PROXY: '127.0.0.1' });
  const from = async (forwarded: string) => (await knock(behind, { 'X-Forwarded-For': forwarded })).status;
  expect(await from('192.0.2.1')).toBe(401);
  expect(await from('192.0.2.2')).toBe(401);
  expect(await from('192.0.2.1')).toBe(429);
  // What a client wrote in front of its own address is not believed.
  expect(await from('198.51.100.7, 192.0.2.1')).toBe(429);
  // One customer of a provider has all of these.
  expect(await from('2001:db8:7:7::1')).toBe(401);
  expect(await from('2001:db8:7:7:1234::2')).toBe(429);
  expect(await from('2001:db8:7:8::1')).toBe(401);
});

it('counts who is refused as well: by address who proves to be nobody, by account who may not', async () => {
  const { url } = await start({ RATE_LIMIT_ANONYMOUS: '3', RATE_LIMIT_ACCOUNT: '2' });
  const guess = (headers: Record<string, string>) => call(url, '/api/v1/results', { as: null, headers });
  expect((await guess({ 'X-API-Key': 'facet_guessed' })).status).toBe(401);
  expect((await guess({ Authorization: 'Bearer a.b.c' })).status).toBe(401);
  const third = await guess({});
  expectRefusal(third, 401, 'unauthenticated');
  expect(third.headers.get('ratelimit-remaining')).toBe('0');
  expectRefusal(await guess({ 'X-API-Key': 'facet_guessed_again' }), 429, 'rate_limited');

  // Whoever signs in from the same address has a budget of their own, also for what they may not do.
  const statuses = [];
  for (let index = 0; index < 3; index++) statuses.push((await call(url, '/api/v1/admin/users')).status);
  expect(statuses).toEqual([403, 403, 429]);
});

it('counts changes of the password like log-ins, for the account', async () => {
  const { url } = await start({ RATE_LIMIT_LOGIN: '2' });
  const change = () => call(url, '/api/v1/auth/change-password', { method: 'POST', json: {} });
  const answers = [await change(), await change(), await change()];
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 429]);
  expect(answers[2]!.body.error).toMatchObject({ code: 'rate_limited', details: { limit: 2, window: 60 } });
});

describe('while Redis is away', () => {
  let redis: BreakableServer;
  let apart: Ground;

  beforeAll(async () => {
    redis = await buildRedis();
    apart = await buildGround({ redis: redis.url });
  });

  afterAll(async () => {
    await apart.remove();
    await redis.remove();
  });

  it('reads go on, and health says that they are not counted', async () => {
    const facet = await start({ RATE_LIMIT_ACCOUNT: '1000' }, apart);
    expect((await read(facet)).headers.get('ratelimit-remaining')).toBe('999');
    await redis.kill('SIGKILL');
    const health = await eventually(
      () => call(facet.url, '/health'),
      ({ body }) => body.details.limits.status === 'down',
    );
    expect(health).toMatchObject({ status: 503, body: { error: { limits: { status: 'down' } } } });
    const { status, headers } = await read(facet);
    expect({ status, counted: headers.has('ratelimit-limit') }).toEqual({ status: 200, counted: false });
  });
});
