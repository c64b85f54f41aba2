import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { installedModel } from './models/installed-model.js';
import { isOnnx } from './models/own-models.js';

/** Numbers by the name of the output. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** Makes an ONNX model of the files of a model in another format. */
export type OnnxConverter<Settings> = (files: readonly string[], settings: Settings) => Promise<Uint8Array>;

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
    convert: OnnxConverter<Settings> | undefined,
  ): Promise<Network<Settings>> {
    const { files, settings } = await installedModel<Settings>(directory, model);
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session =
      convert && !isOnnx(files)
        ? await InferenceSession.create(await convert(files, settings), SESSION)
        : await InferenceSession.create(files[0] ?? '', SESSION);
    return new Network(session, Tensor, settings);
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
  convert?: OnnxConverter<Settings>,
): Promise<Network<Settings>> {
  const key = `${model} ${directory}`;
  const known = loaded.get(key) ?? Network.load(directory, model, convert);
  loaded.set(key, known);
  // A set-up may bring it in the meantime.
  known.catch(() => loaded.delete(key));
  return known as Promise<Network<Settings>>;
}
