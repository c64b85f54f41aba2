import manifest from './manifest.json' with { type: 'json' };

/** One file of a model, as it lies in the package that it comes from. */
export interface ModelFile {
  /** In the package. */
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What is known about a model, and what is not. */
export interface Model {
  readonly name: string;
  readonly purpose: string;
  readonly package: string;
  readonly files: readonly ModelFile[];
  readonly license: string;
  readonly origin: string;
  readonly unknown: string;
  /** What the code that runs it has to know about these very weights, such as a threshold. */
  readonly settings: object;
}

/** The models that Facet is made for; `scripts/setup.mjs` fetches them. */
export const models: readonly Model[] = manifest.models;

export function modelNamed(name: string): Model {
  const model = models.find((candidate) => candidate.name === name);
  if (!model) throw new Error(`The manifest has no model ${name}`);
  return model;
}
