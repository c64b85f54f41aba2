import { existsSync, statSync } from 'node:fs';
import { STORAGE_TROUBLE, StorageProbe } from '../../files/storage-probe.service.js';
import type { Check } from './check.js';

const REMEDIES = {
  full: 'make room on it, or raise the quota.',
  read_only: 'mount it for writing.',
  unusable: 'start Facet as the owner of the folder, and see whether its disk is mounted.',
} as const;

export const storage: Check = {
  name: 'files',
  look: async (environment) => {
    const { filesDirectory, temporaryDirectory, MIN_FREE_SPACE } = environment;
    // The folders belong to whoever starts Facet first.
    if (!existsSync(filesDirectory)) return `folders in ${environment.DATA_DIR} are made when Facet starts`;
    const { trouble, free } = await new StorageProbe(environment).state();
    const folders = `${filesDirectory} and ${temporaryDirectory}`;
    if (trouble) throw new Error(`${folders}: ${STORAGE_TROUBLE[trouble]} What to do: ${REMEDIES[trouble]}`);
    if (free < MIN_FREE_SPACE) {
      throw new Error(
        `uploads are refused: ${free} bytes are free, MIN_FREE_SPACE keeps ${MIN_FREE_SPACE}: make room.`,
      );
    }
    const isOtherDisk = statSync(filesDirectory).dev !== statSync(temporaryDirectory).dev;
    return `can be written${isOtherDisk ? '; they are a disk of their own, so that uploads are copied to it' : ''}`;
  },
};
