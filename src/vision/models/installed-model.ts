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
  /** Absolute path of an ONNX file. */
  readonly file: string;
  readonly settings: Settings;
}

/** Where the file of a model should be. Only one of the manifest has a known length and hash. */
interface Place {
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

interface Plan {
  readonly place: Place;
  readonly settings: object;
}

/**
 * Looks up a model and makes sure that its bytes are those of the manifest, unless it is the operator's own.
 *
 * @throws WorkFailure `model_unavailable`
 */
export async function installedModel<Settings>(directory: string, name: string): Promise<InstalledModel<Settings>> {
  const { place, settings } = await plan(directory, modelNamed(name));
  if (!(await isThere(place)) || !(await isSound(place))) throw modelUnavailable(name);
  return { file: place.path, settings: settings as Settings };
}

/** Names of the models of which a file is missing or has not the right length; hashes are compared on use. */
export async function missingModels(directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (const model of models) {
    const { place } = await plan(directory, model);
    if (!(await isThere(place))) missing.push(model.name);
  }
  return missing;
}

async function plan(directory: string, { name, files: [file], settings }: Model): Promise<Plan> {
  const own = (await ownModels(directory)).get(name);
  if (own) return { place: { path: resolve(directory, own.file) }, settings: { ...settings, ...own.settings } };
  return { place: { ...file, path: join(directory, name, basename(file.path)) }, settings };
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
