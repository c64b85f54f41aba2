import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { installedModel } from './models/installed-model.js';

/** Numbers by the name of the output. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** Makes what the engine opens, a path or the bytes of an ONNX model, of the files of a model. */
export type ModelReader<Settings> = (files: readonly string[], settings: Settings) => Promise<string | Uint8Array>;

/** A model in memory that is ready to be asked. */
export class Network<Settings> {
  private constructor(
    private readonly session: InferenceSession,
    private readonly tensor: typeof Tensor,
    readonly settings: Settings,
  ) {}

  /** @throws AnalysisFailure `model_unavailable` */
  static async load<Settings>(
    directory: string,
    model: string,
    read: ModelReader<Settings>,
  ): Promise<Network<Settings>> {
    const { files, settings } = await installedModel<Settings>(directory, model);
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const source = await read(files, settings);
    // Two signatures of one method, between which a union does not choose.
    const opening =
      typeof source === 'string' ? InferenceSession.create(source, SESSION) : InferenceSession.create(source, SESSION);
    return new Network(await opening, Tensor, settings);
  }

  /** @param shape of the input, the batch first */
  async run(input: Float32Array, shape: readonly number[]): Promise<Outputs> {
    const [name = ''] = this.session.inputNames;
    const outputs = await this.session.run({ [name]: new this.tensor('float32', input, shape) });
    return Object.fromEntries(Object.entries(outputs).map(([key, { data }]) => [key, data as Float32Array]));
  }
}

/** The analyzer processes are the parallelism; weights that old exporters list as inputs are no reason to warn. */
const SESSION: InferenceSession.SessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

const loaded = new Map<string, Promise<Network<unknown>>>();

/** Loads a model when it is first asked for, once a process. */
export function network<Settings>(
  directory: string,
  model: string,
  read: ModelReader<Settings> = ([file = '']) => Promise.resolve(file),
): Promise<Network<Settings>> {
  const key = `${model} ${directory}`;
  const known = loaded.get(key) ?? Network.load(directory, model, read);
  loaded.set(key, known);
  // A set-up may bring it in the meantime.
  known.catch(() => loaded.delete(key));
  return known as Promise<Network<Settings>>;
}
