import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Check } from './check.js';

/** Bytes below which uploads would soon fail. */
const LEAST = 256 * 1024 * 1024;

export const disk: Check = {
  name: 'disk',
  look: async ({ DATA_DIR }) => {
    const folder = await existing(DATA_DIR);
    await access(folder, constants.W_OK).catch(() => {
      throw new Error(`${folder} cannot be written: start Facet as its owner, or set DATA_DIR to another folder.`);
    });
    const { bavail, bsize } = await statfs(folder);
    const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GB free in ${DATA_DIR}`;
    if (bavail * bsize < LEAST) throw new Error(`${free}: make room, or set DATA_DIR to another disk.`);
    return free;
  },
};

/** The folder, or the one in which it would be made. */
async function existing(folder: string): Promise<string> {
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  return there || dirname(folder) === folder ? folder : existing(dirname(folder));
}
