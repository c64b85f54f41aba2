import { Worker } from 'node:worker_threads';

/** Numbers by the name of the output. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** A model to be opened under a number: its path, or the bytes of it. */
export interface Opening {
  readonly model: number;
  readonly open: string | Uint8Array;
}

/** A model to be run. */
export interface Running {
  readonly model: number;
  /** In shared memory, or handed over. */
  readonly input: Float32Array;
  /** Of the input, the batch first. */
  readonly shape: readonly number[];
}

export interface InferenceTask {
  readonly number: number;
  readonly question: Opening | Running;
}

export interface InferenceAnswer {
  readonly number: number;
  /** Of a model that was run. */
  readonly outputs?: Outputs;
  readonly error?: string;
}

interface Waiting {
  resolve(outputs: Outputs | undefined): void;
  reject(error: Error): void;
}

/**
 * The thread in which all models of this process calculate, warm between tasks: `run` of onnxruntime-node calculates in
 * the thread that calls it, and ours has pictures to read and to prepare in the meantime.
 */
let thread: Worker | undefined;
const waiting = new Map<number, Waiting>();
let [models, questions] = [0, 0];

/** Opens a model under the number that is answered. */
export async function openModel(open: string | Uint8Array): Promise<number> {
  const model = (models += 1);
  await ask({ model, open });
  return model;
}

/** @param input which must stay as it is until there are outputs in shared memory, and is handed over in other */
export async function runModel(model: number, input: Float32Array, shape: readonly number[]): Promise<Outputs> {
  const { buffer } = input;
  const outputs = await ask({ model, input, shape }, buffer instanceof SharedArrayBuffer ? [] : [buffer]);
  if (!outputs) throw new Error('A model was run and gave nothing');
  return outputs;
}

function ask(question: Opening | Running, transfer: readonly ArrayBuffer[] = []): Promise<Outputs | undefined> {
  const asked = (thread ??= startThread());
  const number = (questions += 1);
  // A process that waits for its thread goes on; one that does not may end.
  asked.ref();
  asked.postMessage({ number, question } satisfies InferenceTask, transfer);
  return new Promise((resolve, reject) => waiting.set(number, { resolve, reject }));
}

/** Nobody listens to its 'error': the process ends with a thread that fails, and a new one takes the next task. */
function startThread(): Worker {
  const started = new Worker(new URL('./inference-thread.js', import.meta.url));
  started.on('message', ({ number, outputs, error }: InferenceAnswer) => {
    const asker = waiting.get(number);
    waiting.delete(number);
    if (waiting.size === 0) started.unref();
    if (error === undefined) asker?.resolve(outputs);
    else asker?.reject(new Error(error));
  });
  return started;
}
