import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';

const PASSWORD = 'the owl and the pussycat';
/** Of which half are about an address that has an account. */
const TRIES = 100;

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
  const known = { username: 'known', email: 'known@example.org', password: PASSWORD };
  expect((await post('register', known)).status).toBe(201);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const post = (path: string, json: unknown) =>
  call(facet.url, `/api/v1/auth/${path}`, { method: 'POST', as: null, json });

/**
 * How often one of the first takes longer than one of the second, ties counting half (the Mann–Whitney statistic over the
 * number of pairs): 0.5 when nobody can tell them apart, whatever the machine does meanwhile, 0 or 1 when everybody can.
 */
function separation(first: readonly number[], second: readonly number[]): number {
  const wins = first.map((one) => second.reduce((sum, other) => sum + (one > other ? 1 : one === other ? 0.5 : 0), 0));
  return wins.reduce((sum, won) => sum + won, 0) / (first.length * second.length);
}

/** Milliseconds of tries at either, one after the other, the first of each pair changing. */
async function measure(known: () => Promise<unknown>, unknown: () => Promise<unknown>, tries = TRIES) {
  const times = { known: [] as number[], unknown: [] as number[] };
  const take = async (what: 'known' | 'unknown') => {
    // Or the lock-out would soon refuse both alike.
    const counters = await ground.redis.keys('facet:lockout:*');
    if (counters.length > 0) await ground.redis.del(counters);
    const start = performance.now();
    await (what === 'known' ? known() : unknown());
    times[what].push(performance.now() - start);
  };
  for (const what of ['known', 'unknown'] as const) for (let warm = 0; warm < 5; warm++) await take(what);
  times.known.length = times.unknown.length = 0;
  for (let index = 0; index < tries / 2; index++) {
    for (const what of index % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) await take(what);
  }
  return times;
}

/** Chance alone strays by the root of `1 / (6 n)` for n of either kind; work that is left out shows as 0 or 1. */
const expectOverlap = ({ known, unknown }: { known: number[]; unknown: number[] }) => {
  const stray = 5 * Math.sqrt(1 / (6 * known.length));
  expect(Math.abs(separation(known, unknown) - 0.5)).toBeLessThan(stray);
};

it('the measure tells different times apart, and equal ones not', () => {
  const base = Array.from({ length: TRIES }, (_, index) => 20 + (index % 10));
  expect(separation(base, base)).toBe(0.5);
  expect(
    separation(
      base.map((time) => time + 5),
      base,
    ),
  ).toBeGreaterThan(0.8);
});

it('a log-in takes as long whether there is such an account or not', async () => {
  let answers = new Set<string>();
  const attempt = (email: string) => async () => {
    const { status, body } = await post('login', { email, password: 'not the right password' });
    answers = answers.add(`${status} ${body.error.code} ${body.error.message}`);
  };
  expectOverlap(await measure(attempt('known@example.org'), attempt('nobody@example.org')));
  expect(answers.size).toBe(1);
}, 240_000);

it('so does a forgotten password', async () => {
  const forget = (email: string) => () => post('forgot-password', { email });
  expectOverlap(await measure(forget('known@example.org'), forget('nobody@example.org')));
}, 240_000);

it('so does a registration', async () => {
  let names = 0;
  const register = (email: () => string) => () =>
    post('register', { username: `name ${names++}`, email: email(), password: PASSWORD });
  const taken = register(() => 'known@example.org');
  const free = register(() => `free-${names}@example.org`);
  expectOverlap(await measure(taken, free, TRIES / 2));
}, 240_000);
