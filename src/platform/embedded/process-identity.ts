import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** One process among all that ever had its number: the number together with the moment it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal only for the same process since the same boot. */
  readonly started: string;
}

/** A signal and the seconds that a process gets to end after it. */
export type TerminationStep = readonly [signal: NodeJS.Signals, seconds: number];

/** Identifies the process with this number; undefined when there is none, or when it has ended and only waits for its parent. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (!exists(pid)) return undefined;
  const started = process.platform === 'linux' ? await startedOnLinux(pid) : await startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs; a later process with the same number does not count. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.started === identity.started;
}

/** Ends a process, each step firmer than the one before; returns whether it has gone. */
export async function endProcess(identity: ProcessIdentity, steps: readonly TerminationStep[]): Promise<boolean> {
  for (const [signal, seconds] of steps) {
    if (!(await isRunning(identity))) return true;
    sendSignal(identity.pid, signal);
    const deadline = performance.now() + seconds * 1000;
    while (performance.now() < deadline) {
      await sleep(20);
      if (!(await isRunning(identity))) return true;
    }
  }
  return false;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may end between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function startedOnLinux(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The command's name, in brackets, may itself hold brackets and blanks: count from the last one (proc(5), stat).
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.slice(0, 8)}${rest[18] ?? ''}`;
}

async function startedByPs(pid: number): Promise<string | undefined> {
  const ps = promisify(execFile)('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { timeout: 5000 });
  const line = await ps.then(({ stdout }) => stdout.trim()).catch(() => '');
  const [state = '', ...moment] = line.split(/\s+/);
  if (state === '' || state.startsWith('Z')) return undefined;
  return String(Date.parse(moment.join(' ')));
}
