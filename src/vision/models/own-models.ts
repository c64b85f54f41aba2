import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelNamed } from './manifest.js';

/** A model of the operator's own in the place of one of the manifest. */
export interface OwnModel {
  /** As many as the manifest names for it, in the same order, or one of ONNX; relative ones lie in the models' folder. */
  readonly files: readonly string[];
  /** Merged over those of the manifest. */
  readonly settings?: object;
}

/**
 * What `models.json` in the folder of the models says: `{"face-embedder": {"files": ["mine.onnx"], "settings": {…}}}`.
 * An own model takes the same input and gives the same outputs as the one whose place it takes.
 *
 * @throws Error when the file is there and says something else
 */
export async function ownModels(directory: string): Promise<ReadonlyMap<string, OwnModel>> {
  const path = join(directory, 'models.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  });
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return new Map(entries.map(([name, entry]) => [name, ownModel(name, entry)]));
}

/** Whether files are a model as the engine opens it. */
export const isOnnx = (files: readonly string[]): boolean => files.length === 1 && files[0]?.endsWith('.onnx') === true;

function ownModel(name: string, entry: unknown): OwnModel {
  const wanted = modelNamed(name).files.length;
  const { files, settings } = Object(entry) as Partial<Record<keyof OwnModel, unknown>>;
  const isList = Array.isArray(files) && files.every((file) => typeof file === 'string');
  if (!isList || !(files.length === wanted || isOnnx(files)))
    throw new Error(`models.json: ${name} needs "files", a list of ${wanted} paths or of one of an .onnx file`);
  return { files, settings: Object(settings ?? {}) as object };
}
