import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TerminationStep, endProcess, identify } from './process-identity.js';

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/**
 * What `postmaster.pid` says: the server's number in its first line, its port in the fourth, its state in the eighth
 * (miscadmin.h).
 */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes way for a new postmaster: ends one that another process started on this folder, and removes the file where its
 * number has passed to another program, which PostgreSQL would take for a living postmaster.
 */
export async function clearPostmaster(data: string, ending: readonly TerminationStep[]): Promise<void> {
  const postmaster = await readPostmaster(data);
  if (!postmaster) return;
  const identity = postmaster.pid > 0 ? await identify(postmaster.pid) : undefined;
  if (identity && (await worksIn(identity.pid, data))) await endProcess(identity, ending);
  await rm(join(data, 'postmaster.pid'), { force: true });
}

/** Where this cannot be known, PostgreSQL's own guard, the shared memory of the folder, still stands. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return directory !== undefined && directory === (await realpath(data));
}
