import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TEST_SECRET } from '../accounts.js';
import { eventually, type Ground, SHORT_TIMES } from '../facet.js';
import { modelsDirectory } from '../models.js';

export interface TrialWorker {
  readonly log: Record<string, unknown>[];
  kill(signal: NodeJS.Signals): void;
  /** Ends it in an orderly way; returns the exit code. */
  stop(): Promise<number | null>;
  /** Kills it, and waits until it has gone. */
  remove(): Promise<void>;
}

/** Starts a worker that knows every kind of job of the product, and `trials`. */
export async function startTrialWorker(ground: Ground, variables: Record<string, string> = {}): Promise<TrialWorker> {
  const child = fork(join(__dirname, 'trial-worker.ts'), {
    cwd: tmpdir(),
    execArgv: ['--import', join(__dirname, '../../bench/register.mjs')],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      ROLE: 'worker',
      DATABASE_URL: ground.databaseUrl,
      REDIS_URL: ground.redisUrl,
      DATA_DIR: ground.dataDirectory,
      MODELS_DIR: modelsDirectory,
      SECRET_KEY: TEST_SECRET,
      ...SHORT_TIMES,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  createInterface({ input: child.stdout! }).on('line', (line) => log.push(JSON.parse(line) as Record<string, unknown>));
  await new Promise<void>((ready, fail) => {
    child.once('message', () => {
      ready();
    });
    child.once('exit', (code) => {
      fail(new Error(`The worker ended with ${code}: ${errors}${JSON.stringify(log.slice(-3))}`));
    });
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    log,
    kill: (signal) => child.kill(signal),
    stop: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = (await exit) as [number | null];
      return code;
    },
    remove: async () => {
      child.kill('SIGKILL');
      await eventually(() => Promise.resolve(hasEnded()), Boolean);
    },
  };
}
