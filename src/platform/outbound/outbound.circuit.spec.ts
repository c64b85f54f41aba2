import { buildDoor, failureOf } from '../../../test/support/network/door.js';
import { buildOddServer, misbehave, type OddServer } from '../../../test/support/network/odd-server.js';
import { eventually } from '../../../test/support/facet.js';
import type { OutboundSettings } from '../config/outbound-settings.js';
import type { OutboundService } from './outbound.service.js';
import { type PolitenessPolicy, UNLIMITED } from './scheduling/politeness-policy.js';
import type { Statistics } from './statistics/statistics.js';

let server: OddServer;
let host: string;
let healthy: boolean;
let door: OutboundService;
let polite: PolitenessPolicy;
let statistics: Statistics;

beforeEach(async () => {
  healthy = false;
  server = await buildOddServer((request, response, odd) => {
    if (request.url === '/ill') response.writeHead(healthy ? 200 : 500).end();
    else misbehave(request, response, odd);
  });
  host = `127.0.0.1:${server.port}`;
});

afterEach(async () => {
  door.onApplicationShutdown();
  await server.close();
});

function open(settings: Partial<OutboundSettings> = {}): void {
  ({ door, polite, statistics } = buildDoor({
    OUTBOUND_ALLOW: '127.0.0.0/8',
    OUTBOUND_CIRCUIT_VOLUME: 5,
    OUTBOUND_CIRCUIT_RESET: 0.3,
    ...settings,
  }));
}

const ask = (path: string, politeness = UNLIMITED) =>
  door.fetch({ url: `${server.url}${path}`, ownerId: 'someone', politeness });

async function fallIll(): Promise<void> {
  for (let time = 0; time < 5; time += 1) expect((await failureOf(ask('/ill'))).failure).toBe('http_5xx');
}

const mayAsk = () =>
  eventually(
    () => Promise.resolve(door.waitBefore(host, UNLIMITED)),
    (wait) => wait === null,
  );

it('leaves a host alone that fails, lets one try when the time has come, and trusts it again', async () => {
  open();
  expect(door.waitBefore(host, UNLIMITED)).toBeNull();
  await fallIll();
  expect(door.waitBefore(host, UNLIMITED)).toMatchObject({ reason: 'circuit_open', milliseconds: expect.any(Number) });
  expect(await failureOf(ask('/ill'))).toMatchObject({ failure: 'circuit_open', retryAfter: expect.any(Number) });
  expect(server.requests).toHaveLength(5);
  expect(door.openCircuits()).toEqual([[host, 'open']]);

  await mayAsk();
  expect(door.openCircuits()).toEqual([[host, 'half_open']]);
  const first = failureOf(ask('/ill'));
  // While the one is under way everybody else waits for what it finds.
  expect(door.waitBefore(host, UNLIMITED)).toMatchObject({ reason: 'circuit_open' });
  expect((await failureOf(ask('/ill'))).failure).toBe('circuit_open');
  expect((await first).failure).toBe('http_5xx');
  expect(door.openCircuits()).toEqual([[host, 'open']]);

  healthy = true;
  await mayAsk();
  expect((await ask('/ill')).status).toBe(200);
  expect(door.openCircuits()).toEqual([]);
  expect(door.waitBefore(host, UNLIMITED)).toBeNull();
  expect(server.requests).toHaveLength(7);
});

it('goes on waiting when the one that was let through is given up', async () => {
  open();
  await fallIll();
  await mayAsk();
  const giveUp = new AbortController();
  const hanging = door.fetch({
    url: `${server.url}/hang`,
    ownerId: null,
    politeness: UNLIMITED,
    signal: giveUp.signal,
  });
  const outcome = expect(hanging).rejects.toThrow('cancelled');
  giveUp.abort(new Error('cancelled'));
  await outcome;
  expect(door.waitBefore(host, UNLIMITED)).toMatchObject({ reason: 'circuit_open' });
  await mayAsk();
});

it('holds nothing against a host that answers, whatever it answers', async () => {
  open();
  for (let time = 0; time < 20; time += 1) expect((await failureOf(ask('/status?code=404'))).failure).toBe('http_4xx');
  expect(door.openCircuits()).toEqual([]);
});

it('counts each host for itself', async () => {
  open();
  const other = await buildOddServer(misbehave);
  await fallIll();
  expect(door.waitBefore(`127.0.0.1:${other.port}`, UNLIMITED)).toBeNull();
  await other.close();
});

it.each([429, 503])('leaves a host alone for as long as it asks for with %d', async (code) => {
  open();
  for (const after of [7, 1]) {
    const { failure, retryAfter } = await failureOf(ask(`/status?code=${code}&after=${after}`));
    expect({ failure, retryAfter }).toMatchObject({ failure: expect.stringMatching(/^(rate_limited|http_5xx)$/) });
    const wait = door.waitBefore(host, UNLIMITED);
    expect(wait?.reason).toBe('retry_after');
    expect(wait?.milliseconds).toBeGreaterThan(6000);
    if (after === 7) expect(retryAfter).toBe(7);
    else expect(failure).toBe('rate_limited');
  }
  expect(server.requests).toHaveLength(1);
});

it('asks a stranger no more than so much at once', async () => {
  open({ OUTBOUND_HOST_CONCURRENCY: 3, OUTBOUND_FIRST_BYTE_TIMEOUT: 1 });
  const hanging = [1, 2, 3].map(() => failureOf(ask('/hang', polite)));
  expect(door.waitBefore(host, polite)).toMatchObject({ reason: 'busy' });
  expect(await failureOf(ask('/fine', polite))).toMatchObject({ failure: 'rate_limited' });
  // The operator's own endpoint is asked as the engine will.
  expect(door.waitBefore(host, UNLIMITED)).toBeNull();
  await Promise.all(hanging);
  expect(door.waitBefore(host, polite)).toBeNull();
});

it('asks a stranger no more than so often', async () => {
  open({ OUTBOUND_HOST_CONCURRENCY: 4, OUTBOUND_HOST_RATE: 2 });
  await Promise.all([1, 2, 3, 4].map(() => ask('/fine', polite)));
  const wait = door.waitBefore(host, polite);
  expect(wait?.reason).toBe('rate');
  expect(wait?.milliseconds).toBeLessThanOrEqual(500);
  await eventually(
    () => Promise.resolve(door.waitBefore(host, polite)),
    (again) => again === null,
  );
  await ask('/fine', polite);
  expect(door.waitBefore(host, polite)).toMatchObject({ reason: 'rate' });
});

it('counts what was asked, what failed and what was turned back, for each owner', async () => {
  open({ OUTBOUND_FIRST_BYTE_TIMEOUT: 0.2 });
  healthy = true;
  await Promise.all(Array.from({ length: 8 }, () => ask('/ill')));
  await failureOf(ask('/hang'));
  healthy = false;
  for (let time = 0; time < 10; time += 1) await failureOf(ask('/ill'));
  await failureOf(ask('/ill'));
  door.waitBefore(host, UNLIMITED, 'someone');
  door.countRetry(host, 'someone', 'attempt');
  door.countRetry(host, 'someone', 'gave_up');
  const [tally, ...others] = statistics.collect(10);
  expect(others).toEqual([]);
  const { requests, failures } = tally!;
  expect(tally).toMatchObject({ host, ownerId: 'someone', timeouts: 1, attempts: 1, successes: 0, gaveUp: 1 });
  // The server has seen every request that is counted, and no other.
  expect(requests).toBe(server.requests.length);
  expect(failures).toBe(requests - 8);
  expect(tally!.rejects).toBe(20 - requests + 1);
  expect([...tally!.latency.values()].reduce((sum, count) => sum + count)).toBe(requests);
  expect(statistics.collect(10)).toEqual([]);
});

it('asks less at once of a host that refuses, and knows whether it answers anybody', async () => {
  open();
  expect(door.answersLately(host)).toBe(false);
  await Promise.all(Array.from({ length: 8 }, () => failureOf(ask('/status?code=429'))));
  expect(door.answersLately(host)).toBe(false);
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const hang = () => failureOf(door.fetch({ url: `${server.url}/hang`, ownerId: null, politeness: UNLIMITED, signal }));
  const hanging: Promise<unknown>[] = [];
  for (; hanging.length < 8 && door.waitBefore(host, UNLIMITED) === null;) hanging.push(hang().catch(() => undefined));
  expect(hanging).toHaveLength(4);
  expect(door.waitBefore(host, UNLIMITED)).toMatchObject({ reason: 'busy' });
  giveUp.abort(new Error('enough'));
  await Promise.all(hanging);
  await ask('/fine');
  expect(door.answersLately(host)).toBe(true);
});

it('says when to try again, and when no more', () => {
  open({ OUTBOUND_RETRY_ATTEMPTS: 3, OUTBOUND_RETRY_STRATEGY: 'fixed', OUTBOUND_RETRY_DELAY: 0 });
  const failed = (failure: 'timeout' | 'http_4xx', retryAfter?: number) => ({ failure, retryAfter }) as never;
  expect(door.retryDelay(failed('timeout'), 1)).toBe(0);
  expect(door.retryDelay(failed('timeout', 2), 2)).toBe(2000);
  expect(door.retryDelay(failed('timeout'), 3)).toBeNull();
  expect(door.retryDelay(failed('http_4xx'), 1)).toBeNull();
});
