import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds that what has been killed may take to go; the kernel may have to end a read from a slow disk first. */
const EXIT_TIMEOUT_MS = 2_000;

/** Kills a process group; resolves when no process of it is left that could still write into a file. */
export async function killGroup(leader: number): Promise<void> {
  const until = performance.now() + EXIT_TIMEOUT_MS;
  let left = signal(leader, 'SIGKILL');
  while (left && performance.now() < until) {
    await delay(5);
    left = signal(leader, 0) && (await hasLiving(leader));
  }
}

/** Returns false when no process of the group exists. */
function signal(leader: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, name);
  } catch {
    return false;
  }
}

/** The dead whose parent died before them wait for an init that reaps them, which in a container may be never. */
async function hasLiving(leader: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')));
  return stats.some((stat) => {
    // `pid (name) state parent group …`; the name may hold anything.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === leader && state !== 'Z' && state !== 'X';
  });
}
