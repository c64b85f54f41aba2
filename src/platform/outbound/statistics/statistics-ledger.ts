import type { Redis } from 'ioredis';
import type { CircuitState } from '../scheduling/circuit.js';
import type { Tally } from './statistics.js';

/** Hours are the slots of the ledger; a reader sees this one and the last. */
const SLOT_SECONDS = 3600;
const KEEP_SECONDS = 3 * SLOT_SECONDS;

/** Pairs of host and owner that are listed at most: the latest. */
const LISTED = 1000;

/** Milliseconds for which the word of a worker about its circuits stands. */
const WORD_STANDS = 5000;

const COUNTS = ['requests', 'failures', 'timeouts', 'rejects', 'attempts', 'successes', 'gaveUp'] as const;

type Counts = Record<(typeof COUNTS)[number], number>;

/** What all workers together have counted for one host. */
export interface HostFigures extends Counts {
  readonly host: string;
  readonly latency: Map<number, number>;
}

const slot = (ago: number) => Math.floor(Date.now() / 1000 / SLOT_SECONDS) - ago;
const pairOf = (ownerId: string | null, host: string) => `${ownerId ?? '-'} ${host}`;
const countsKey = (ago: number, pair: string) => `facet:outbound:counts:${slot(ago)}:${pair}`;
const EVERYBODY = 'facet:outbound:pairs';
const pairsKey = (ownerId: string | null) => `${EVERYBODY}:${ownerId ?? '-'}`;
const WORKERS = 'facet:outbound:workers';
const circuitsKey = (worker: string) => `facet:outbound:circuits:${worker}`;

/** Adds what a worker has counted to what all have. */
export async function enter(redis: Redis, tallies: Tally[]): Promise<void> {
  const pipeline = redis.pipeline();
  const now = Math.floor(Date.now() / 1000);
  for (const tally of tallies) {
    const pair = pairOf(tally.ownerId, tally.host);
    const key = countsKey(0, pair);
    for (const name of COUNTS) if (tally[name] > 0) pipeline.hincrby(key, name, tally[name]);
    for (const [bucket, count] of tally.latency) pipeline.hincrby(key, `latency:${bucket}`, count);
    pipeline.expire(key, KEEP_SECONDS);
    for (const index of [EVERYBODY, pairsKey(tally.ownerId)]) {
      pipeline
        .zadd(index, now, pair)
        .zremrangebyrank(index, 0, -LISTED - 1)
        .expire(index, KEEP_SECONDS);
    }
  }
  await pipeline.exec();
}

/** Tells which circuits of a worker are not closed; to be said again while it is so. */
export async function report(redis: Redis, worker: string, circuits: [string, CircuitState][]): Promise<void> {
  const key = circuitsKey(worker);
  const pipeline = redis.pipeline();
  if (circuits.length > 0) pipeline.set(key, JSON.stringify(circuits), 'PX', WORD_STANDS);
  else pipeline.del(key);
  pipeline
    .zadd(WORKERS, Date.now(), worker)
    .zremrangebyrank(WORKERS, 0, -LISTED - 1)
    .expire(WORKERS, KEEP_SECONDS);
  await pipeline.exec();
}

/** The figures of this hour and the last, by host. @param owner null for those of everybody. */
export async function figures(redis: Redis, owner: { id: string | null } | null): Promise<HostFigures[]> {
  const pairs = await redis.zrevrange(owner ? pairsKey(owner.id) : EVERYBODY, 0, LISTED - 1);
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

/** The worst state that any worker reports, by host; hosts that are missing are closed everywhere. */
export async function worstStates(redis: Redis): Promise<Map<string, CircuitState>> {
  const workers = await redis.zrevrange(WORKERS, 0, LISTED - 1);
  const words = workers.length > 0 ? await redis.mget(workers.map(circuitsKey)) : [];
  const worst = new Map<string, CircuitState>();
  for (const [host, state] of words.flatMap((word) => JSON.parse(word ?? '[]') as [string, CircuitState][])) {
    const known = worst.get(host) ?? 'closed';
    if (WORSE.indexOf(state) > WORSE.indexOf(known)) worst.set(host, state);
  }
  return worst;
}
