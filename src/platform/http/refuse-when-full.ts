import { isDatabaseFull } from '../database/database-errors.js';
import { diskTroubleOf } from '../disk/disk-failure.js';
import { storageFull } from '../errors.js';

/**
 * Rethrows what ended an upload, for `catch` at the end of it.
 * @throws storage_full when the disk of the files or that of PostgreSQL took no more
 */
export function refuseWhenFull(error: unknown): never {
  if (!isDatabaseFull(error) && diskTroubleOf(error) !== 'full') throw error;
  throw Object.assign(storageFull(), { cause: error });
}
