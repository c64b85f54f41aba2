import { access, constants, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryUnusable } from './embedded.errors.js';
import { type InstanceLock, lockDirectory } from './instance-lock.js';
import type { Log } from './log.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import type { RunningServer } from './supervised-server.js';

export interface EmbeddedStack {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Ends what was started; to be called when the application has closed. May be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedStackOptions {
  /** The folder that holds the servers' data; made when it is not there. */
  readonly dataDirectory: string;
  /** A PostgreSQL of the operator's own; empty or left out, one is started here. */
  readonly databaseUrl?: string;
  /** A Redis of the operator's own; empty or left out, one is started here. */
  readonly redisUrl?: string;
  readonly log: Log;
  /** The value of PATH, where redis-server or valkey-server is looked for. */
  readonly searchPath: string;
}

/**
 * Starts what has no URL, on 127.0.0.1; with both URLs given nothing is started and nothing is written. The servers
 * are started again on the same port if they end by themselves, end soon after this process if it dies, and throw
 * `EmbeddedStackError` with words for the operator when they cannot run.
 */
export async function startEmbeddedStack(options: EmbeddedStackOptions): Promise<EmbeddedStack> {
  const { dataDirectory, databaseUrl, redisUrl, log, searchPath } = options;
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl, stop: () => Promise.resolve() };

  const directory = await usableDirectory(dataDirectory);
  const lock = await lockDirectory(directory);
  const started: RunningServer[] = [];
  const noted = async (start: Promise<RunningServer>) => {
    const server = await start;
    started.push(server);
    return server;
  };
  const starts = [
    noted(databaseUrl ? given(databaseUrl) : startPostgres(directory, log)),
    noted(redisUrl ? given(redisUrl) : startRedis(directory, searchPath, log)),
  ] as const;
  const stopAll = once(() => stop(started, lock));
  try {
    const [postgres, redis] = await Promise.all(starts);
    return { databaseUrl: postgres.url, redisUrl: redis.url, stop: stopAll };
  } catch (error) {
    await Promise.allSettled(starts);
    await stopAll();
    throw error;
  }
}

/** An external server: used by its address, never stopped. */
const given = (url: string): Promise<RunningServer> => Promise.resolve({ url, stop: () => Promise.resolve() });

async function usableDirectory(dataDirectory: string): Promise<string> {
  let folder = dataDirectory;
  try {
    await mkdir(folder, { recursive: true });
    const directory = await realpath(folder);
    for (folder of [directory, join(directory, 'postgres'), join(directory, 'redis')]) {
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
    return directory;
  } catch (error) {
    throw directoryUnusable(folder, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

async function stop(servers: readonly RunningServer[], lock: InstanceLock): Promise<void> {
  try {
    await Promise.all(servers.map((server) => server.stop()));
  } finally {
    await lock.release();
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
