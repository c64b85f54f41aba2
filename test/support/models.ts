import { join } from 'node:path';

/** Where the set-up puts the models; every test has a DATA_DIR of its own, and all share these. */
export const modelsDirectory = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../.data/models');

/** Where `npm run setup -- --test-data` puts the files from which it converts models. */
export const modelSourcesDirectory = join(import.meta.dirname, '../../.data/test-data');
