import { openModel, type Outputs, runModel } from './inference.js';
import { installedModel } from './models/installed-model.js';

/** Inputs that are kept to be filled again. */
const MAX_SPARE_INPUTS = 10;

/** A model in memory that is ready to be asked. */
export class Network<Settings> {
  private readonly spare: Float32Array[] = [];

  private constructor(
    private readonly model: number,
    readonly settings: Settings,
  ) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load<Settings>(directory: string, name: string): Promise<Network<Settings>> {
    const { file, settings } = await installedModel<Settings>(directory, name);
    return new Network(await openModel(file), settings);
  }

  /** Memory for an input, with what an earlier one left in it: nothing is allocated for each image of a video. */
  input(length: number): Float32Array {
    return this.spare.pop() ?? new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
  }

  /**
   * @param input which is handed over: it cannot be used after
   * @param shape of the input, the batch first
   */
  async run(input: Float32Array, shape: readonly number[]): Promise<Outputs> {
    const outputs = await runModel(this.model, input, shape);
    if (input.buffer instanceof SharedArrayBuffer && this.spare.length < MAX_SPARE_INPUTS) this.spare.push(input);
    return outputs;
  }
}

const loaded = new Map<string, Promise<Network<unknown>>>();

/** Loads a model when it is first asked for, once a process. */
export function network<Settings>(directory: string, model: string): Promise<Network<Settings>> {
  const key = `${model} ${directory}`;
  const known = loaded.get(key) ?? Network.load(directory, model);
  loaded.set(key, known);
  // A set-up may bring it in the meantime.
  known.catch(() => loaded.delete(key));
  return known as Promise<Network<Settings>>;
}
