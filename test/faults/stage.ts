import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { call, send } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, type Servers, startFacet } from '../support/facet.js';
import { film, pacedFfmpeg, scenesAlone } from './videos.js';

/** An API, and workers that come and go, on one ground. */
export interface Stage {
  readonly ground: Ground;
  readonly api: Facet;
  /** Starts a worker whose ffmpeg runs at so many times the speed at which films are watched. */
  worker(speed: number, variables?: Record<string, string>): Promise<Facet>;
  /** Sends in a film; answers the analysis's id. */
  sendFilm(): Promise<string>;
  /** Ends every worker at once, so that the next story begins alone. */
  dismissWorkers(): Promise<void>;
  remove(): Promise<void>;
}

export async function buildStage(
  servers: Partial<Servers> = {},
  variables: Record<string, string> = {},
): Promise<Stage> {
  const ground = await buildGround(servers);
  const tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
  const api = await startFacet(ground, { ROLE: 'api', ...variables });
  const workers: Facet[] = [];
  const dismissWorkers = async () => {
    for (const worker of workers.splice(0)) {
      worker.kill('SIGKILL');
      await eventually(
        async () => Promise.resolve(worker.process),
        (child) => child.exitCode !== null || child.signalCode !== null,
      );
    }
  };
  return {
    ground,
    api,
    worker: async (speed, more = {}) => {
      const FFMPEG_PATH = await pacedFfmpeg(await mkdtemp(join(tools, 'at-')), speed);
      const worker = await startFacet(ground, { ROLE: 'worker', MAX_WORKERS: '2', FFMPEG_PATH, ...variables, ...more });
      workers.push(worker);
      return worker;
    },
    sendFilm: async () => {
      const { status, body } = await send(api.url, await film(), scenesAlone);
      expect(status).toBe(202);
      return body.analysis_id as string;
    },
    dismissWorkers,
    remove: async () => {
      await dismissWorkers();
      await api.stop();
      await ground.remove();
      await rm(tools, { recursive: true, force: true });
    },
  };
}

/** Waits until the API tells of so many percent. */
export async function progressReaches(api: Facet, id: string, percent: number, seconds = 60): Promise<void> {
  await eventually(
    () => call(api.url, `/api/v1/progress/${id}`),
    ({ body }) => body.progress >= percent,
    seconds,
  );
}

/** Asks for the progress all the time, as an impatient person would; answers what was heard once it is stopped. */
export function watchProgress(api: Facet, id: string): { stop(): Promise<number[]> } {
  const heard: number[] = [];
  let watching = true;
  const watch = async () => {
    while (watching) {
      const { status, body } = await call(api.url, `/api/v1/progress/${id}`);
      if (status === 200) heard.push(body.progress);
      await delay(40);
    }
    return heard;
  };
  const watched = watch();
  return {
    stop: () => {
      watching = false;
      return watched;
    },
  };
}

export function expectNeverFalling(heard: readonly number[]): void {
  const falls = heard.flatMap((now, index) => (now < (heard[index - 1] ?? 0) ? [`${heard[index - 1]} → ${now}`] : []));
  expect(falls).toEqual([]);
  expect(new Set(heard).size).toBeGreaterThan(3);
}
