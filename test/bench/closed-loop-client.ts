import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { serveRequests } from './workbench.js';

/** One person on some of the connections. */
export interface SignedIn {
  readonly authorization: string;
  readonly paths: readonly string[];
}

export interface ClosedLoop {
  readonly url: string;
  /** Connection number n belongs to the person n modulo their number. */
  readonly people: readonly SignedIn[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Latency {
  readonly requests: number;
  readonly failed: number;
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Seconds of load before the first request that counts. */
const WARM_UP_SECONDS = 1;

/** Sends a request on each connection as soon as the one before is answered; measures how long the answers take. */
serveRequests(async ({ url, people, connections, seconds }: ClosedLoop): Promise<Latency> => {
  const from = performance.now() + WARM_UP_SECONDS * 1000;
  const end = from + seconds * 1000;
  const times: number[] = [];
  let failed = 0;
  const loop = async (number: number) => {
    const connection = new Client(url);
    const { authorization, paths } = people[number % people.length]!;
    // Not all at the same moment, nor at the same path.
    await delay((number * 1000 * WARM_UP_SECONDS) / connections);
    for (let request = number; performance.now() < end; request += 1) {
      const started = performance.now();
      const isGood = await isAnswered(connection, paths[request % paths.length]!, authorization);
      if (!isGood) failed += 1;
      if (started >= from) times.push(performance.now() - started);
    }
    await connection.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => loop(number)));
  times.sort((one, other) => one - other);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? NaN;
  return {
    requests: times.length,
    failed,
    rate: times.length / seconds,
    p50: percentile(0.5),
    p99: percentile(0.99),
  };
});

const isAnswered = (connection: Client, path: string, authorization: string): Promise<boolean> =>
  connection.request({ method: 'GET', path, headers: { authorization } }).then(
    async ({ statusCode, body }) => {
      await body.dump();
      return statusCode === 200;
    },
    () => false,
  );
