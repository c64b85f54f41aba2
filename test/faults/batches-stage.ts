import { setTimeout as delay } from 'node:timers/promises';
import { type AiServer, startAi } from '../support/batches/ai-server.js';
import { buildGround, eventually, type Facet, type Ground, type Servers, startFacet } from '../support/facet.js';

/** An AI, and workers that come and go, on one ground. */
export interface BatchStage {
  readonly ground: Ground;
  readonly ai: AiServer;
  /** Workers that are ready. */
  readonly workers: readonly Facet[];
  worker(variables?: Record<string, string>): Promise<Facet>;
  /** Kills a worker at once. */
  kill(worker: Facet): void;
  remove(): Promise<void>;
}

const SETTINGS = {
  ROLE: 'worker',
  BATCH_CONCURRENCY: '16',
  OUTBOUND_RETRY_DELAY: '0.1',
  OUTBOUND_RETRY_ATTEMPTS: '2',
  OUTBOUND_CIRCUIT_VOLUME: '100000',
};

export async function buildBatchStage(
  servers: Partial<Servers> = {},
  variables: Record<string, string> = {},
): Promise<BatchStage> {
  const ground = await buildGround(servers);
  const ai = await startAi();
  const workers: Facet[] = [];
  const all: Facet[] = [];
  return {
    ground,
    ai,
    workers,
    worker: async (more = {}) => {
      const settings = { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address, ...SETTINGS, ...variables, ...more };
      const worker = await startFacet(ground, settings);
      workers.push(worker);
      all.push(worker);
      return worker;
    },
    kill: (worker) => {
      workers.splice(workers.indexOf(worker), 1);
      worker.kill('SIGKILL');
    },
    remove: async () => {
      for (const worker of all) worker.kill('SIGKILL');
      for (const { process } of all) {
        await eventually(
          () => Promise.resolve(process),
          ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null,
        );
      }
      await ai.stop();
      await ground.remove();
    },
  };
}

/** Lets the AI answer so many calls in all; whoever asks for more waits. */
export function letPass(ai: AiServer): { calls: number; readonly answered: number } {
  const gate = { calls: 0, answered: 0 };
  ai.manner = async (_call, _times, response) => {
    while (gate.answered >= gate.calls && !response.destroyed) await delay(10);
    if (!response.destroyed) gate.answered += 1;
    return response.destroyed;
  };
  return gate;
}

/** Waits until the AI was asked so often. */
export const asked = (ai: AiServer, times: number): Promise<number> =>
  eventually(
    () => Promise.resolve(ai.calls.length),
    (calls) => calls >= times,
    60,
  );

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): (from: number, to: number) => number {
  let state = seed;
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return from + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * (to - from + 1));
  };
}
