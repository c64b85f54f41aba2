import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { type BreakableServer, buildRedis } from '../../../test/faults/servers.js';
import { buildGround, eventually, type Ground } from '../../../test/support/facet.js';
import { Environment } from '../config/environment.js';
import { defineLimit } from './define-limit.js';
import './general.limits.js';
import { LimitsService } from './limits.service.js';
import { networkOf, subjectOf } from './subject.js';

const CLOSED = { windowSeconds: 60, closed: true } as const;

defineLimit({ name: 'analyze', requests: (all) => all.RATE_LIMIT_ANALYZE, windowSeconds: 60, closed: false });
defineLimit({ name: 'login', requests: (all) => all.RATE_LIMIT_LOGIN, ...CLOSED });
defineLimit({ name: 'register', requests: (all) => all.RATE_LIMIT_REGISTER, ...CLOSED });
defineLimit({ name: 'reset', requests: (all) => all.RATE_LIMIT_RESET, ...CLOSED });

it('refuses to define a limit twice', () => {
  expect(() => defineLimit({ name: 'login', requests: () => 1, ...CLOSED })).toThrow('twice');
});

let ground: Ground;
const connections: Redis[] = [];

beforeAll(async () => {
  ground = await buildGround();
});

afterEach(() => {
  for (const redis of connections.splice(0)) redis.disconnect();
});

afterAll(() => ground.remove());

/** Counts as a process of its own would: over a connection of its own, with a memory of its own. */
async function buildLimits(settings: Partial<Environment> = {}, url = ground.redisUrl): Promise<LimitsService> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  connections.push(redis);
  await eventually(
    () => Promise.resolve(redis.status),
    (status) => status === 'ready',
  );
  return new LimitsService(new Environment().with(settings), redis);
}

it.each([1, 2, 7, 100])('lets exactly %i through, whoever counts, in a burst', async (limit) => {
  const [one, other] = [
    await buildLimits({ RATE_LIMIT_ACCOUNT: limit }),
    await buildLimits({ RATE_LIMIT_ACCOUNT: limit }),
  ];
  const subject = randomUUID();
  const burst = await Promise.all(
    Array.from({ length: 300 }, (_, index) => (index % 2 ? one : other).take('account', subject)),
  );
  const passed = burst.filter((allowance) => allowance!.allowed);
  expect(passed.map((allowance) => allowance!.remaining).sort((a, b) => a - b)).toEqual([...Array(limit).keys()]);
  for (const allowance of burst) {
    expect(allowance).toMatchObject({ limit, window: 60 });
    expect(allowance!.reset).toBeGreaterThanOrEqual(59);
    expect(allowance!.reset).toBeLessThanOrEqual(60);
  }
});

it('never lets more through than a large budget holds, though processes are granted shares of it', async () => {
  const processes = await Promise.all([1, 2, 3].map(() => buildLimits({ RATE_LIMIT_ACCOUNT: 3_000 })));
  const subject = randomUUID();
  const passed: number[] = [];
  for (let round = 0; round < 12; round++) {
    const burst = await Promise.all(
      Array.from({ length: 300 }, (_, index) => processes[index % 3]!.take('account', subject)),
    );
    passed.push(...burst.filter((allowance) => allowance!.allowed).map((allowance) => allowance!.remaining));
  }
  expect(passed).toHaveLength(3_000);
  expect(await ground.redis.get(`facet:limits:account:${subject}`)).toBe('3000');
});

it('counts each class and each subject for itself', async () => {
  const limits = await buildLimits({
    RATE_LIMIT_ACCOUNT: 1,
    RATE_LIMIT_ANONYMOUS: 1,
    RATE_LIMIT_ANALYZE: 1,
    RATE_LIMIT_LOGIN: 1,
    RATE_LIMIT_REGISTER: 1,
    RATE_LIMIT_RESET: 1,
  });
  const counters = ['account', 'anonymous', 'analyze', 'login', 'register', 'reset'];
  const subjects = ['user:1', 'key:1', 'ip:192.0.2.1'];
  const round = async () => {
    const taken = [];
    for (const counter of counters) for (const subject of subjects) taken.push(await limits.take(counter, subject));
    return taken.map((allowance) => allowance!.allowed);
  };
  expect(await round()).toEqual(Array(18).fill(true));
  expect(await round()).toEqual(Array(18).fill(false));
});

it('starts anew when the window is over', async () => {
  const limits = await buildLimits();
  // No setting makes a window as short as this one.
  Object.assign(limits, { budgets: new Map([['login', { requests: 2, window: 1, closed: true }]]) });
  const take = async () => (await limits.take('login', 'ip:192.0.2.9'))!;
  const begin = performance.now();
  expect([await take(), await take(), await take()].map(({ allowed }) => allowed)).toEqual([true, true, false]);
  const next = await eventually(take, ({ allowed }) => allowed, 5);
  expect(performance.now() - begin).toBeGreaterThan(900);
  expect(next).toMatchObject({ remaining: 1, reset: 1 });
});

it('does not count where 0 says so', async () => {
  const limits = await buildLimits({ RATE_LIMIT_ACCOUNT: 0 });
  expect(await limits.take('account', 'user:0')).toBeNull();
  expect(await ground.redis.keys('facet:limits:account:user:0')).toEqual([]);
});

describe('without Redis', () => {
  let server: BreakableServer;

  beforeAll(async () => {
    server = await buildRedis();
  });

  afterAll(() => server.remove());

  const expectOpenAndClosed = async (limits: LimitsService) => {
    for (const counter of ['account', 'anonymous', 'analyze'] as const) {
      expect(await limits.take(counter, 'x')).toBeNull();
    }
    for (const counter of ['login', 'register', 'reset'] as const) {
      await expect(limits.take(counter, 'x')).rejects.toMatchObject({ code: 'dependency_unavailable', status: 503 });
    }
    await expect(limits.probe()).rejects.toThrow();
  };

  const countsAgain = (limits: LimitsService) =>
    eventually(
      () => limits.take('login', 'again').catch(() => null),
      (allowance) => allowance !== null,
    );

  it('lets reads through and nobody log in, until it is back', async () => {
    const limits = await buildLimits({}, server.url);
    expect(await limits.take('login', 'x')).not.toBeNull();
    await server.kill('SIGKILL');
    await expectOpenAndClosed(limits);
    await server.start();
    await countsAgain(limits);
    await limits.probe();
  });

  it('does the same when it does not answer, and does not wait for it each time', async () => {
    const limits = await buildLimits({}, server.url);
    await limits.take('login', 'x');
    await server.kill('SIGSTOP');
    try {
      expect(await limits.take('account', 'x')).toBeNull();
      // At once: with a wait for each, these would take minutes.
      for (let index = 0; index < 300; index++) expect(await limits.take('account', 'x')).toBeNull();
      await expectOpenAndClosed(limits);
    } finally {
      await server.kill('SIGCONT');
    }
    await countsAgain(limits);
  });
});

it('takes a key for itself, an account wherever it asks from, and strangers by their network', () => {
  const ipAddress = '192.0.2.1';
  expect(subjectOf({ ownerId: 'u', apiKeyId: 'k', ipAddress })).toBe('key:k');
  expect(subjectOf({ ownerId: 'u', apiKeyId: null, ipAddress })).toBe('user:u');
  expect(subjectOf({ ownerId: null, ipAddress })).toBe('ip:192.0.2.1');
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['::1', '::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['a'.repeat(200), 'unknown'],
  ['', 'unknown'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
