import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes } from '../faults/processes.js';

/** A disk that a test may fill. */
export interface SmallDisk {
  readonly directory: string;
  /** Leaves no byte free for these processes and what they have started. */
  fill(...pids: (number | undefined)[]): void;
  makeRoom(...pids: (number | undefined)[]): void;
  remove(): void;
}

/**
 * A file system in memory; where none may be mounted, a folder in which the processes that fill it may not make a file
 * any larger than it is (RLIMIT_FSIZE), which fails a write in the same places.
 */
export function buildSmallDisk(megabytes: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'facet-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch {
    return limitedFolder(directory);
  }
  return {
    directory,
    fill: () => {
      fillUp(join(directory, 'ballast'));
    },
    makeRoom: () => {
      rmSync(join(directory, 'ballast'), { force: true });
    },
    remove: () => {
      execFileSync('umount', ['--lazy', directory]);
      rmSync(directory, { recursive: true });
    },
  };
}

export function buildLimitedFolder(): SmallDisk {
  return limitedFolder(mkdtempSync(join(tmpdir(), 'facet-disk-')));
}

function limitedFolder(directory: string): SmallDisk {
  return {
    directory,
    fill: (...pids) => {
      limitFiles(pids, '0');
    },
    makeRoom: (...pids) => {
      limitFiles(pids, 'unlimited');
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The last write is cut where the disk ends, and the next one refused. */
function fillUp(path: string): void {
  const ballast = openSync(path, 'w');
  const block = Buffer.alloc(65_536);
  try {
    for (;;) writeSync(ballast, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(ballast);
  }
}

/** Sets the soft limit of processes and of all that descends from them. */
function limitFiles(pids: readonly (number | undefined)[], soft: string): void {
  const all = new Set(pids.filter((pid) => pid !== undefined));
  const entries = processes();
  for (let before = 0; before < all.size;) {
    before = all.size;
    for (const { pid, parent } of entries) if (all.has(parent)) all.add(pid);
  }
  for (const pid of all) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${soft}:unlimited`]);
}
