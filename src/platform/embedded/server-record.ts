import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type TerminationStep, endProcess, isRunning, type ProcessIdentity } from './process-identity.js';

/** Notes down which process is the server, for a Facet that comes after one that was killed. */
export async function writeRecord(file: string, { pid, started }: ProcessIdentity): Promise<void> {
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${pid} ${started}\n`, { mode: 0o600, flag: 'wx' });
  await rename(`${file}.new`, file);
}

/** Ends the server that a killed Facet left running; returns its number, or undefined when there was none. */
export async function endLeftover(file: string, steps: readonly TerminationStep[]): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, pid, started] = /^(\d+) (\w+)\n$/.exec(text) ?? [];
  const identity = pid !== undefined && started !== undefined ? { pid: Number(pid), started } : undefined;
  const running = identity && (await isRunning(identity));
  if (running) await endProcess(identity, steps);
  await rm(file, { force: true });
  return running ? identity.pid : undefined;
}
