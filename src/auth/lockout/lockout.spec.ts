import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { type BreakableServer, buildRedis } from '../../../test/faults/servers.js';
import { buildGround, eventually, type Ground } from '../../../test/support/facet.js';
import { KeyRing } from '../tokens/key-ring.js';
import { LockoutService } from './lockout.service.js';

const ring = new KeyRing('x'.repeat(32), []);
const HOME = '192.0.2.1';

let ground: Ground;
let lockout: LockoutService;
const connections: Redis[] = [];

beforeAll(async () => {
  ground = await buildGround();
  lockout = await buildLockout();
});

afterEach(() => ground.redis.flushdb());

afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await ground.remove();
});

async function buildLockout(url = ground.redisUrl): Promise<LockoutService> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  connections.push(redis);
  await eventually(
    () => Promise.resolve(redis.status),
    (status) => status === 'ready',
  );
  return new LockoutService(ring, redis);
}

const anybody = () => `${randomUUID()}@example.org`;

/** Seconds that somebody has to wait; 0 when they may try. */
const refusal = (email: string, ip: string, by = lockout): Promise<number> =>
  by.check(email, ip).then(
    () => 0,
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'login_locked', status: 429, retryAfter: expect.any(Number) });
      return (error as { retryAfter: number }).retryAfter;
    },
  );

/** Tries with a wrong password; the seconds that the attempt was refused for, or 0 when it was let through. */
async function guess(email: string, ip: string): Promise<number> {
  const wait = await refusal(email, ip);
  if (wait === 0) await lockout.failed(email, ip);
  return wait;
}

async function logIn(email: string, ip: string): Promise<number> {
  const wait = await refusal(email, ip);
  if (wait === 0) await lockout.succeeded(email, ip);
  return wait;
}

/** Lets every wait that is running be over. */
async function letTimePass(): Promise<void> {
  for (const key of await ground.redis.keys('facet:lockout:*')) {
    if ((await ground.redis.type(key)) === 'hash') await ground.redis.hset(key, 'until', 0);
  }
}

it('lets some failures pass, then makes every one wait twice as long, up to a quarter of an hour', async () => {
  const email = anybody();
  for (let index = 0; index < 5; index++) expect(await guess(email, HOME)).toBe(0);
  const waits = [];
  for (let index = 0; index < 8; index++) {
    waits.push(await guess(email, HOME));
    await letTimePass();
    expect(await guess(email, HOME)).toBe(0);
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
});

it('forgives once somebody has logged in', async () => {
  const email = anybody();
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < 4; index++) expect(await guess(email, HOME)).toBe(0);
    expect(await logIn(email, HOME)).toBe(0);
  }
});

it('forgives who proves in another way that the account is theirs, and nothing of what is under way', async () => {
  const email = anybody();
  for (let index = 0; index < 5; index++) await guess(email, HOME);
  await lockout.forgive(email, HOME);
  expect(await logIn(email, HOME)).toBe(0);

  const other = anybody();
  for (let index = 0; index < 5; index++) await lockout.check(other, '192.0.2.2');
  const [attempts] = await ground.redis.keys('facet:lockout:attempts:*');
  await lockout.forgive(other, '192.0.2.2');
  expect(await ground.redis.get(attempts!)).toBe('5');
});

it('refuses the right password too while it is locked', async () => {
  const email = anybody();
  for (let index = 0; index < 5; index++) await guess(email, HOME);
  expect(await logIn(email, HOME)).toBeGreaterThan(0);
});

it('lets exactly as many guesses through in a burst as one after the other, whoever counts', async () => {
  const email = anybody();
  const other = await buildLockout();
  const burst = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const by = index % 2 ? lockout : other;
      const wait = await refusal(email, HOME, by);
      if (wait === 0) await by.failed(email, HOME);
      return wait;
    }),
  );
  expect(burst.filter((wait) => wait === 0)).toHaveLength(5);
  expect(await guess(email, HOME)).toBe(30);
  // When the wait is over, one guess, however many come at once.
  await letTimePass();
  const next = await Promise.all(Array.from({ length: 20 }, () => guess(email, HOME)));
  expect(next.filter((wait) => wait === 0)).toHaveLength(1);
});

it('does not take many right log-ins at once for an attack where somebody is known', async () => {
  const email = anybody();
  await logIn(email, HOME);
  const burst = await Promise.all(Array.from({ length: 60 }, () => logIn(email, HOME)));
  expect(burst).toEqual(Array(60).fill(0));
});

it('never locks the owner out from elsewhere', async () => {
  const email = anybody();
  await logIn(email, HOME);
  for (let network = 0; network < 60; network++) {
    for (let index = 0; index < 6; index++) await guess(email, `198.51.100.${network}`);
  }
  // From all these networks at once nobody gets on: the account as a whole is slowed down …
  expect(await guess(email, '203.0.113.9')).toBeGreaterThan(0);
  // … but the owner logs in at home, and from anywhere new within a minute.
  expect(await logIn(email, HOME)).toBe(0);
  expect(await refusal(email, '203.0.113.10')).toBeLessThanOrEqual(60);
  await letTimePass();
  expect(await logIn(email, '203.0.113.10')).toBe(0);
});

it('slows down who tries many accounts from one network', async () => {
  let tried = 0;
  while (tried < 500 && (await guess(anybody(), HOME)) === 0) tried++;
  expect(tried).toBe(100);
  expect(await guess(anybody(), '203.0.113.1')).toBe(0);
});

it('takes the addresses of one customer for one network', async () => {
  const email = anybody();
  for (let index = 0; index < 5; index++) await guess(email, `2001:db8:1:1::${index}`);
  expect(await guess(email, '2001:db8:1:1:ffff::')).toBe(30);
  expect(await guess(email, '2001:db8:1:2::1')).toBe(0);
});

it('counts nothing of an attempt that came to nothing by itself', async () => {
  const email = anybody();
  for (let index = 0; index < 20; index++) {
    expect(await refusal(email, HOME)).toBe(0);
    await lockout.abandoned(email, HOME);
  }
});

it('forgets attempts whose process died', async () => {
  const email = anybody();
  for (let index = 0; index < 5; index++) expect(await refusal(email, HOME)).toBe(0);
  expect(await refusal(email, HOME)).toBe(1);
  for (const key of await ground.redis.keys('facet:lockout:attempts:*')) {
    const ttl = await ground.redis.ttl(key);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(15);
  }
});

it('keeps neither addresses nor anything for ever', async () => {
  await guess('ada@example.org', HOME);
  await logIn('grace@example.org', HOME);
  const keys = await ground.redis.keys('*');
  expect(keys.length).toBeGreaterThan(3);
  for (const key of keys) {
    expect(key).toMatch(/^facet:lockout:[a-z]+:[\w-]{22}$/);
    expect(await ground.redis.ttl(key)).toBeGreaterThan(0);
  }
});

describe('while Redis is away', () => {
  let redis: BreakableServer;

  beforeAll(async () => {
    redis = await buildRedis();
  });

  afterAll(() => redis.remove());

  it('nobody may guess', async () => {
    const apart = await buildLockout(redis.url);
    await apart.check('ada@example.org', HOME);
    await redis.kill('SIGKILL');
    const away = { code: 'dependency_unavailable', status: 503 };
    await expect(apart.check('ada@example.org', HOME)).rejects.toMatchObject(away);
    await expect(apart.failed('ada@example.org', HOME)).rejects.toMatchObject(away);
    await apart.succeeded('ada@example.org', HOME);
    await apart.abandoned('ada@example.org', HOME);
  });
});
