import { ADA } from '../support/accounts.js';
import { call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildDoor, failureOf } from '../support/network/door.js';
import { buildOddServer, misbehave, type OddServer } from '../support/network/odd-server.js';
import { UNLIMITED } from '../../src/platform/outbound/scheduling/politeness-policy.js';
import { StatisticsReporter } from '../../src/platform/outbound/statistics/statistics-reporter.js';

let ground: Ground;
let facet: Facet;
let server: OddServer;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
  server = await buildOddServer(misbehave);
});

afterAll(async () => {
  await server.close();
  await facet.stop();
  await ground.remove();
});

/** A worker as far as the network is concerned. */
function buildWorker() {
  const { door, statistics } = buildDoor({ OUTBOUND_ALLOW: '127.0.0.0/8', OUTBOUND_CIRCUIT_VOLUME: 5 });
  const reporter = new StatisticsReporter(ground.redis, statistics, door);
  reporter.onModuleInit();
  const stop = () => {
    reporter.onApplicationShutdown();
    door.onApplicationShutdown();
  };
  const ask = (path: string, ownerId: string | null = ADA.id) =>
    door.fetch({ url: `${server.url}${path}`, ownerId, politeness: UNLIMITED });
  return { door, ask, stop };
}

const status = async () => (await call(facet.url, '/api/v1/outbound/status')).body;

it('is empty before anybody was asked', async () => {
  expect(await status()).toEqual({ items: [] });
});

it('adds up what all workers have asked, and shows the worst of their circuits', async () => {
  const host = `127.0.0.1:${server.port}`;
  const [well, ill] = [buildWorker(), buildWorker()];
  for (let time = 0; time < 10; time += 1) await well.ask('/fine');
  for (let time = 0; time < 5; time += 1) await failureOf(ill.ask('/status?code=500'));
  await failureOf(ill.ask('/fine'));
  // Rows of somebody else, of which the caller must learn nothing.
  await well.ask('/fine', '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10');
  well.door.countRetry(host, ADA.id, 'attempt');
  ill.door.countRetry(host, ADA.id, 'attempt');
  ill.door.countRetry(host, ADA.id, 'success');

  const { items } = await eventually(
    status,
    (body) => body.items[0]?.requests === 15 && body.items[0].state === 'open',
  );
  expect(items).toEqual([
    {
      host,
      state: 'open',
      requests: 15,
      failures: 5,
      rejects: 1,
      timeouts: 0,
      latency_p50: expect.any(Number),
      latency_p95: expect.any(Number),
      retries: { strategy: 'exponential', attempts: 2, successes: 1, gave_up: 0 },
    },
  ]);
  expect(items[0].latency_p50).toBeGreaterThan(0);
  expect(items[0].latency_p95).toBeGreaterThanOrEqual(items[0].latency_p50);

  // The word of a worker that is gone does not stand for long.
  well.stop();
  ill.stop();
  await eventually(status, (body) => body.items[0].state === 'closed');
});
