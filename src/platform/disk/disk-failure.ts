import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';

/** Why files cannot be written: no room is left, the file system takes no writes, or it cannot be used at all. */
export type DiskTrouble = 'full' | 'read_only' | 'unusable';

const BY_CODE: Readonly<Partial<Record<string, DiskTrouble>>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  // The limit of a process on the size of its files (RLIMIT_FSIZE), or that of the file system.
  EFBIG: 'full',
  EROFS: 'read_only',
  EACCES: 'unusable',
  EPERM: 'unusable',
  EIO: 'unusable',
  ENODEV: 'unusable',
  ENXIO: 'unusable',
  ESTALE: 'unusable',
  ENOTCONN: 'unusable',
};

/** What programs and native libraries say where Node would name a code (strerror of glibc, musl and macOS). */
const FULL_TEXT =
  /no space left on (device|disk)|disc quota exceeded|(disk )?quota exceeded|\b(ENOSPC|EDQUOT|EFBIG)\b/i;
const READ_ONLY_TEXT = /read-only file ?system|\bEROFS\b/i;

/** Causes of causes that are followed at most. */
const MAX_DEPTH = 5;

/** Bytes that are written to see whether there is room. */
const TRIAL_BYTES = 65_536;

/** Returns what a system error says about the disk; null for every other error. */
export function diskTroubleOf(error: unknown, depth = MAX_DEPTH): DiskTrouble | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? BY_CODE[code] : undefined;
  if (own || depth === 0) return own ?? null;
  for (const inner of Array.isArray(errors) ? (errors as unknown[]) : []) {
    const found = diskTroubleOf(inner, depth - 1);
    if (found) return found;
  }
  return cause === undefined ? null : diskTroubleOf(cause, depth - 1);
}

/** Returns what a message of a program or a library says about the disk; null when it says nothing about it. */
export function diskTroubleIn(text: string): DiskTrouble | null {
  if (FULL_TEXT.test(text)) return 'full';
  return READ_ONLY_TEXT.test(text) ? 'read_only' : null;
}

/**
 * Returns what keeps files from being written into a folder that is there; null when a trial file could be written.
 * @param bytes of the trial file
 */
export async function diskTroubleAt(folder: string, bytes = TRIAL_BYTES): Promise<DiskTrouble | null> {
  const path = join(folder, `trial-${uuid()}`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      // It has no name any more when this process is killed.
      await unlink(path);
      await file.writeFile(Buffer.alloc(bytes));
    } finally {
      await file.close();
    }
    return null;
  } catch (error) {
    return diskTroubleOf(error);
  }
}

/** Work that could not be done because the disk took no more; it says nothing about what was worked on. */
export class DiskFailure extends Error {
  constructor(
    readonly trouble: DiskTrouble,
    reason: string,
  ) {
    super(reason);
    this.name = 'DiskFailure';
  }
}

/** Returns the failure of the disk that an error is, by itself or by its code; null for every other error. */
export function diskFailureOf(error: unknown): DiskFailure | null {
  if (error instanceof DiskFailure) return error;
  const trouble = diskTroubleOf(error);
  return trouble && new DiskFailure(trouble, String(error));
}

/**
 * Returns the failure of the disk behind an error of work in a folder, or null. Libraries hide it: an error that does not
 * name it is taken for the disk's too when nothing can be written into the folder.
 */
export async function diskFailureBehind(error: unknown, folder: string): Promise<DiskFailure | null> {
  if (error instanceof DiskFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  const named = diskTroubleOf(error) ?? diskTroubleIn(text);
  // A file that may not be opened says nothing about the disk.
  const trouble = named && named !== 'unusable' ? named : await diskTroubleAt(folder);
  return trouble ? new DiskFailure(trouble, `${trouble}: ${text}`) : null;
}
