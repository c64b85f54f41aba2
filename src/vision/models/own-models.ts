import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelNamed } from './manifest.js';

/** A model of the operator's own in the place of one of the manifest. */
export interface OwnModel {
  /** An ONNX file; a relative path starts in the models' folder. */
  readonly file: string;
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

function ownModel(name: string, entry: unknown): OwnModel {
  modelNamed(name);
  const { files, settings } = Object(entry) as { files?: unknown; settings?: unknown };
  const [file, ...more] = Array.isArray(files) ? (files as unknown[]) : [];
  if (typeof file !== 'string' || more.length > 0)
    throw new Error(`models.json: ${name} needs "files", a list with the path of one ONNX file`);
  return { file, settings: Object(settings ?? {}) as object };
}
