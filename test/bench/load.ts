import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import type { Workbench } from './workbench.js';

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');

interface Report {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly non2xx: number;
  readonly errors: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** The header of every request. */
  readonly authorization: string;
}

/** Answers a second that an URL gives to so many connections, asked by a process of its own. */
export async function answersPerSecond(
  bench: Workbench,
  url: string,
  { connections, seconds, authorization }: Load,
): Promise<number> {
  const options = [
    '--json',
    '--no-progress',
    '-c',
    String(connections),
    '-d',
    String(seconds),
    '-H',
    `Authorization: ${authorization}`,
  ];
  const child = bench.spawn(process.execPath, [AUTOCANNON, ...options, url], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [report] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  const { requests, duration, non2xx, errors } = JSON.parse(report) as Report;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of ${requests.total} answers were refusals or errors`);
  return requests.total / duration;
}
