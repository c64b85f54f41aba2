import autocannon from 'autocannon';
import { Client } from 'undici';
import type { Figures } from './figures.js';
import { liveUnder } from './live-under.js';
import { AS_ADA, startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';
import { Environment } from '../../src/platform/config/environment.js';

/** Milliseconds that 99 % of the answers of `/health/live` may take. */
const BUDGET_MS = 50;

/** Clients that send hostile bodies, each of its own kind first, and for how many seconds. */
const FLOOD = { connections: 3, seconds: 10 };

/** Bytes of a body that is parsed as a whole, at most. */
const BODY_BYTES = 1_048_576;

const JSON_TYPE = { 'Content-Type': 'application/json' };
const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=b', ...AS_ADA };

/** p99 of `/health/live` while three clients send the largest bodies that are allowed and end as refusals. */
export async function hostileBodiesBenchmark(bench: Workbench): Promise<Figures> {
  const { DATABASE_URL, REDIS_URL } = await startGround(bench);
  const { url } = await startProduct(bench, { DATABASE_URL, REDIS_URL, ROLE: 'api' });
  const requests = hostileRequests();
  await refuseEach(url, requests);
  const flood = autocannon({ url, connections: FLOOD.connections, duration: FLOOD.seconds, workers: 1, requests });
  const [{ requests: sent }, p99] = await Promise.all([flood, liveUnder(flood, url)]);
  if (sent.total < FLOOD.seconds) throw new Error('There was no flood');
  return {
    name: 'hostile-bodies',
    unit: 'ms, p99 of live',
    ours: p99,
    reference: BUDGET_MS,
    reference_name: `budget of ${BUDGET_MS} ms`,
    ratio: BUDGET_MS / p99,
  };
}

interface Hostile {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** As many keys, levels and bytes as the default bounds let through, and as many as a body can hold. */
function hostileRequests(): Hostile[] {
  const { MAX_JSON_VALUES, MAX_JSON_DEPTH } = new Environment();
  const login = (body: string): Hostile => ({
    method: 'POST',
    path: '/api/v1/auth/login',
    headers: JSON_TYPE,
    body: body.padEnd(BODY_BYTES, ' '),
  });
  const keys = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, value]));
  const most = MAX_JSON_VALUES - 10;
  const levels = MAX_JSON_DEPTH - 1;
  return [
    login(JSON.stringify(keys(most, 'x'.repeat(BODY_BYTES / MAX_JSON_VALUES - 20)))),
    login(JSON.stringify({ email: keys(most, 1), password: 'x' })),
    login(`{"email":${'['.repeat(levels)}${']'.repeat(levels)}}`),
    login(JSON.stringify({ email: `${'a.'.repeat(250_000)}@${'b.'.repeat(250_000)}com`, password: 'x'.repeat(10) })),
    login(JSON.stringify(keys(60_000, 1))),
    { method: 'POST', path: '/api/v1/analyze', headers: MULTIPART, body: '--b\r\n'.repeat(BODY_BYTES / 5) },
  ];
}

/** Each of them is a refusal, and none an error of the server. */
async function refuseEach(url: string, requests: readonly Hostile[]): Promise<void> {
  const server = new Client(url);
  for (const { method, path, headers, body } of requests) {
    const { statusCode, body: answer } = await server.request({ method, path, headers, body });
    const text = await answer.text();
    if (statusCode < 400 || statusCode >= 500) throw new Error(`A hostile body was answered ${statusCode}: ${text}`);
  }
  await server.close();
}
