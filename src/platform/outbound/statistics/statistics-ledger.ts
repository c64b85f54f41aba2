import type { Redis } from 'ioredis';
import type { CircuitState } from '../scheduling/circuit.js';
import type { Tally } from './statistics.js';

/** Hours are the slots of the ledger; a reader gets this one and the last. */
const SLOT_SECONDS = 3600;
const RETENTION_SECONDS = 3 * SLOT_SECONDS;

/** Pairs of host and owner that are kept: the latest. */
const MAX_PAIRS = 1000;

/** Milliseconds for which a worker's report of its circuits is valid. */
const REPORT_TTL_MS = 5000;

const COUNTS = ['requests', 'failures', 'timeouts', 'rejects', 'attempts', 'successes', 'gaveUp'] as const;

type Counts = Record<(typeof COUNTS)[number], number>;

/** The counts of all workers together for one host. */
export interface HostFigures extends Counts {
  readonly host: string;
  readonly latency: Map<number, number>;
}

const slot = (ago: number) => Math.floor(Date.now() / 1000 / SLOT_SECONDS) - ago;
const pairOf = (ownerId: string | null, host: string) => `${ownerId ?? '-'} ${host}`;
const countsKey = (ago: number, pair: string) => `facet:outbound:counts:${slot(ago)}:${pair}`;
const ALL_PAIRS = 'facet:outbound:pairs';
const pairsKey = (ownerId: string | null) => `${ALL_PAIRS}:${ownerId ?? '-'}`;
const WORKERS = 'facet:outbound:workers';
const circuitsKey = (worker: string) => `facet:outbound:circuits:${worker}`;

/** Adds the counts of a worker to those of all. */
export async function addTallies(redis: Redis, tallies: Tally[]): Promise<void> {
  const pipeline = redis.pipeline();
  const now = Math.floor(Date.now() / 1000);
  for (const tally of tallies) {
    const pair = pairOf(tally.ownerId, tally.host);
    const key = countsKey(0, pair);
    for (const name of COUNTS) if (tally[name] > 0) pipeline.hincrby(key, name, tally[name]);
    for (const [bucket, count] of tally.latency) pipeline.hincrby(key, `latency:${bucket}`, count);
    pipeline.expire(key, RETENTION_SECONDS);
    for (const index of [ALL_PAIRS, pairsKey(tally.ownerId)]) {
      pipeline
        .zadd(index, now, pair)
        .zremrangebyrank(index, 0, -MAX_PAIRS - 1)
        .expire(index, RETENTION_SECONDS);
    }
  }
  await pipeline.exec();
}

/** Stores which circuits of a worker are not closed; to be repeated before `REPORT_TTL_MS` are over. */
export async function reportCircuits(redis: Redis, worker: string, circuits: [string, CircuitState][]): Promise<void> {
  const key = circuitsKey(worker);
  const pipeline = redis.pipeline();
  if (circuits.length > 0) pipeline.set(key, JSON.stringify(circuits), 'PX', REPORT_TTL_MS);
  else pipeline.del(key);
  pipeline
    .zadd(WORKERS, Date.now(), worker)
    .zremrangebyrank(WORKERS, 0, -MAX_PAIRS - 1)
    .expire(WORKERS, RETENTION_SECONDS);
  await pipeline.exec();
}

/** Returns the figures of this hour and the last, by host. @param owner null for those of all owners */
export async function readFigures(redis: Redis, owner: { id: string | null } | null): Promise<HostFigures[]> {
  const pairs = await redis.zrevrange(owner ? pairsKey(owner.id) : ALL_PAIRS, 0, MAX_PAIRS - 1);
  const pipeline = redis.pipeline();
  for (const pair of pairs) pipeline.hgetall(countsKey(0, pair)).hgetall(countsKey(1, pair));
  const answers = (await pipeline.exec()) ?? [];
  const hosts = new Map<string, HostFigures>();
  for (const [index, [, counted]] of answers.entries()) {
    const host = (pairs[Math.floor(index / 2)] ?? '').replace(/^\S+ /, '');
    const known = hosts.get(host) ?? { host, ...NOTHING, latency: new Map<number, number>() };
    hosts.set(host, add(known, counted as Record<string, string> | null));
  }
  return [...hosts.values()].filter(({ requests, rejects }) => requests + rejects > 0);
}

const NOTHING: Counts = { requests: 0, failures: 0, timeouts: 0, rejects: 0, attempts: 0, successes: 0, gaveUp: 0 };

function add(to: HostFigures, counted: Record<string, string> | null): HostFigures {
  for (const [field, value] of Object.entries(counted ?? {})) {
    const bucket = /^latency:(\d+)$/.exec(field)?.[1];
    if (bucket) to.latency.set(Number(bucket), (to.latency.get(Number(bucket)) ?? 0) + Number(value));
    else if (COUNTS.includes(field as keyof Counts)) to[field as keyof Counts] += Number(value);
  }
  return to;
}

const WORSE: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/** Returns the worst state that any worker reports, by host; a host that is missing is closed everywhere. */
export async function worstStates(redis: Redis): Promise<Map<string, CircuitState>> {
  const workers = await redis.zrevrange(WORKERS, 0, MAX_PAIRS - 1);
  const reports = workers.length > 0 ? await redis.mget(workers.map(circuitsKey)) : [];
  const worst = new Map<string, CircuitState>();
  for (const [host, state] of reports.flatMap((report) => JSON.parse(report ?? '[]') as [string, CircuitState][])) {
    const known = worst.get(host) ?? 'closed';
    if (WORSE.indexOf(state) > WORSE.indexOf(known)) worst.set(host, state);
  }
  return worst;
}
