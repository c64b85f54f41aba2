import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../.data/test-data/photographs');

/** One of the six photographs of groups of people that `npm run setup -- --test-data` fetches, as JPEG. */
export const photograph = (number: number): Promise<Buffer> => readFile(join(FOLDER, `sample${number}.jpg`));
