import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFailureOf } from '../../platform/disk/disk-failure.js';

/** Writes the message as `<id>.eml`, for the owner's eyes only: it appears whole or not at all. @throws DiskFailure */
export async function writeEml(directory: string, id: string, message: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${id}.eml`);
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, message, { mode: 0o600 });
    // The mode above does not count for a file that a killed process has left.
    await chmod(unfinished, 0o600);
    await rename(unfinished, path);
  } catch (error) {
    // A part would keep room that a full disk has not.
    await rm(unfinished, { force: true });
    throw diskFailureOf(error) ?? error;
  }
}
