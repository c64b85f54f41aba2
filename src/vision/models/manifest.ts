import manifest from './manifest.json' with { type: 'json' };

/** One file of a model. */
export interface ModelFile {
  /** In the package, or for a model that the set-up converts the name that it gives. */
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A model as it is published. */
export interface ModelSource {
  readonly format: string;
  /** Names of the outputs that the converted model has. */
  readonly outputs: readonly string[];
  readonly files: readonly ModelFile[];
}

/** What is known about a model, and what is not. */
export interface Model {
  readonly name: string;
  readonly purpose: string;
  readonly package: string;
  /** From which the set-up converts it, if it is published in another format than ONNX. */
  readonly source?: ModelSource;
  /** One ONNX file. */
  readonly files: readonly [ModelFile];
  readonly license: string;
  readonly origin: string;
  readonly unknown: string;
  /** What the code that runs it has to know about these very weights, such as a threshold. */
  readonly settings: object;
}

/** The models that Facet is made for; `scripts/setup.mjs` fetches and converts them. */
export const models = manifest.models as unknown as readonly Model[];

export function modelNamed(name: string): Model {
  const model = models.find((candidate) => candidate.name === name);
  if (!model) throw new Error(`The manifest has no model ${name}`);
  return model;
}
