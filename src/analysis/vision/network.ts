import { type Answer, InferenceThread } from './inference-thread.js';
import { installedModel } from './models/installed-model.js';
import { isOnnx } from './models/own-models.js';

/** Numbers by the name of the output. */
export type Outputs = Answer['outputs'];

/** Makes an ONNX model of the files of a model in another format. */
export type OnnxConverter<Settings> = (files: readonly string[], settings: Settings) => Promise<Uint8Array>;

/** Inputs that are kept to be filled again. */
const MOST_SPARE = 5;

let models = 0;

/** A model in memory that is ready to be asked. */
export class Network<Settings> {
  private readonly spare: Float32Array[] = [];

  private constructor(
    private readonly thread: InferenceThread,
    private readonly model: number,
    readonly settings: Settings,
  ) {}

  /** @throws AnalysisFailure `model_unavailable` */
  static async load<Settings>(
    directory: string,
    name: string,
    convert: OnnxConverter<Settings> | undefined,
  ): Promise<Network<Settings>> {
    const { files, settings } = await installedModel<Settings>(directory, name);
    const open = convert && !isOnnx(files) ? await convert(files, settings) : (files[0] ?? '');
    const thread = InferenceThread.get();
    const model = models++;
    await thread.ask({ model, open, session: SESSION });
    return new Network(thread, model, settings);
  }

  /** Memory for an input, with what an earlier one left in it. */
  input(length: number): Float32Array {
    return this.spare.pop() ?? new Float32Array(length);
  }

  /**
   * @param input which is handed over: it cannot be used after
   * @param shape of the input, the batch first
   */
  async run(input: Float32Array, shape: readonly number[]): Promise<Outputs> {
    const answer = await this.thread.ask({ model: this.model, input, shape }, [input.buffer as ArrayBuffer]);
    if (this.spare.length < MOST_SPARE) this.spare.push(answer.input);
    return answer.outputs;
  }
}

/** The analyzer processes are the parallelism; weights that old exporters list as inputs are no reason to warn. */
const SESSION = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

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
