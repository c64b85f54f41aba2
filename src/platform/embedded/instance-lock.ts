import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryInUse } from './embedded.errors.js';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';

export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Keeps a data directory to one running Facet. Each puts down a file of its own first and looks for others' after, so
 * of two that come at once at least one sees the other; files of processes that have gone are removed by anyone. A
 * file is never taken over, hence nothing can be taken over twice.
 */
export async function lockDirectory(directory: string): Promise<InstanceLock> {
  const folder = join(directory, 'instances');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const self = await identify(process.pid);
  if (!self) throw new Error('This process cannot find itself in the process table.');

  for (let chance = 1; ; chance += 1) {
    const lock = await putDown(folder, self, directory);
    const other = await findOther(folder, self);
    if (other === undefined) return lock;
    await lock.release();
    // Two that come at once may both have stepped back.
    if (chance === 4) throw directoryInUse(directory, other);
    await sleep(randomInt(20, 120));
  }
}

async function putDown(folder: string, self: ProcessIdentity, directory: string): Promise<InstanceLock> {
  const file = join(folder, nameOf(self));
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw directoryInUse(directory, self.pid);
    throw error;
  });
  await handle.close();
  return { release: () => remove(file) };
}

/** The number of a running process that has put its file down here, if there is one. */
async function findOther(folder: string, self: ProcessIdentity): Promise<number | undefined> {
  for (const name of await readdir(folder)) {
    const holder = holderOf(name);
    if (!holder || name === nameOf(self)) continue;
    if (await isRunning(holder)) return holder.pid;
    await remove(join(folder, name));
  }
  return undefined;
}

const nameOf = ({ pid, started }: ProcessIdentity) => `${pid}-${started}`;

function holderOf(name: string): ProcessIdentity | undefined {
  const [, pid, started] = /^(\d+)-(\w+)$/.exec(name) ?? [];
  return pid !== undefined && started !== undefined ? { pid: Number(pid), started } : undefined;
}

async function remove(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}
