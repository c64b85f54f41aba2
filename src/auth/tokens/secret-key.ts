import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../platform/config/environment.js';
import { KeyRing } from './key-ring.js';

/** The keys of the settings; where there are none, one that is made once and kept in `DATA_DIR/secret.key`. */
export async function loadKeyRing({ SECRET_KEY, previousSecretKeys, DATA_DIR }: Environment): Promise<KeyRing> {
  return new KeyRing(SECRET_KEY ?? (await keptSecret(DATA_DIR)), previousSecretKeys);
}

/** Appears whole or not at all, and only once: of processes that start together, one writes and all read. */
async function keptSecret(directory: string): Promise<string> {
  const path = join(directory, 'secret.key');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known) return known.trim();
  await mkdir(directory, { recursive: true });
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}
