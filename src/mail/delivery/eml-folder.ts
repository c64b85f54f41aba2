import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes the message as `<id>.eml`, for the owner's eyes only: it appears whole or not at all. */
export async function writeEml(directory: string, id: string, message: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${id}.eml`);
  const unfinished = `${path}.part`;
  await writeFile(unfinished, message, { mode: 0o600 });
  // The mode above does not count for a file that a killed process has left.
  await chmod(unfinished, 0o600);
  await rename(unfinished, path);
}
