import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { modelUnavailable } from '../vision.failures.js';
import { type Model, modelNamed, models } from './manifest.js';
import { ownModels } from './own-models.js';

/** A model that is there. */
export interface InstalledModel<Settings> {
  /** Absolute paths in the order of the manifest. */
  readonly files: readonly string[];
  readonly settings: Settings;
}

/** Where a file of a model should be. Only what comes from a package has a known length and hash. */
interface Place {
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

interface Plan {
  readonly places: readonly Place[];
  readonly settings: object;
}

/**
 * Looks up a model and makes sure that its bytes are those of the manifest, unless it is the operator's own.
 *
 * @throws WorkFailure `model_unavailable`
 */
export async function installedModel<Settings>(directory: string, name: string): Promise<InstalledModel<Settings>> {
  const { places, settings } = await plan(directory, modelNamed(name));
  for (const place of places) if (!(await isThere(place)) || !(await isSound(place))) throw modelUnavailable(name);
  return { files: places.map(({ path }) => path), settings: settings as Settings };
}

/** Names of the models of which a file is missing or has not the right length; hashes are compared on use. */
export async function missingModels(directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (const model of models) {
    const { places } = await plan(directory, model);
    const found = await Promise.all(places.map(isThere));
    if (found.includes(false)) missing.push(model.name);
  }
  return missing;
}

async function plan(directory: string, { name, files, settings }: Model): Promise<Plan> {
  const own = (await ownModels(directory)).get(name);
  if (own) {
    const places = own.files.map((file) => ({ path: resolve(directory, file) }));
    return { places, settings: { ...settings, ...own.settings } };
  }
  return { places: files.map((file) => ({ ...file, path: join(directory, name, basename(file.path)) })), settings };
}

async function isThere({ path, bytes }: Place): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && (bytes === undefined || found.size === bytes);
}

async function isSound({ path, sha256 }: Place): Promise<boolean> {
  if (sha256 === undefined) return true;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === sha256;
}
