import { WorkerThread } from '../platform/threads/worker-thread.js';

/** Numbers by the name of the output. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** A model to be opened under a number. */
export interface OpenRequest {
  readonly model: number;
  /** Path of an ONNX file. */
  readonly open: string;
}

/** A model to be run. */
export interface RunRequest {
  readonly model: number;
  /** In shared memory, or handed over. */
  readonly input: Float32Array;
  /** Of the input, the batch first. */
  readonly shape: readonly number[];
}

/**
 * The thread in which all models of this process calculate, warm between tasks: `run` of onnxruntime-node calculates in
 * the thread that calls it, and ours has images to read and to prepare in the meantime. The models that were opened
 * are lost with it.
 */
const thread = new WorkerThread<OpenRequest | RunRequest, Outputs>(new URL('./inference-thread.js', import.meta.url), {
  vital: true,
});
let models = 0;

/** Opens a model and returns its number. */
export async function openModel(open: string): Promise<number> {
  const model = (models += 1);
  await thread.request({ model, open });
  return model;
}

/** @param input which must stay as it is until there are outputs in shared memory, and is handed over in other */
export function runModel(model: number, input: Float32Array, shape: readonly number[]): Promise<Outputs> {
  const { buffer } = input;
  return thread.request({ model, input, shape }, buffer instanceof SharedArrayBuffer ? [] : [buffer]);
}
