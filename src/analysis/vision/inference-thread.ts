import { createRequire } from 'node:module';
import { type Transferable, Worker } from 'node:worker_threads';

/** What the thread is asked: to open a model under a number, or to run it. */
type Question =
  | { readonly model: number; readonly open: string | Uint8Array; readonly session: object }
  | { readonly model: number; readonly input: Float32Array; readonly shape: readonly number[] };

export interface Answer {
  /** Numbers by the name of the output. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
  /** What was given, to be filled again. */
  readonly input: Float32Array;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * The thread's code, which is run as it stands: `run` of onnxruntime-node calculates in the thread that calls it, and
 * ours has pictures to read and to prepare in the meantime. One after the other, in the order of the questions.
 */
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const { InferenceSession, Tensor } = require(workerData);
const sessions = new Map();

async function answer({ model, open, session, input, shape }) {
  if (open) {
    sessions.set(model, await InferenceSession.create(open, session));
    return {};
  }
  const opened = sessions.get(model);
  const results = await opened.run({ [opened.inputNames[0]]: new Tensor('float32', input, shape) });
  const outputs = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
  return { input, outputs };
}

const buffersOf = ({ input, outputs = {} }) => [input, ...Object.values(outputs)].flatMap((data) => data?.buffer ?? []);

let last = Promise.resolve();
parentPort.on('message', ({ number, question }) => {
  last = last.then(async () => {
    try {
      const given = await answer(question);
      parentPort.postMessage({ number, answer: given }, buffersOf(given));
    } catch (error) {
      parentPort.postMessage({ number, error: error instanceof Error ? error.message : String(error) });
    }
  });
});`;

/** The thread in which all models of this process calculate, warm between tasks. */
export class InferenceThread {
  private static running: InferenceThread | undefined;

  private readonly worker = new Worker(CODE, {
    eval: true,
    workerData: createRequire(import.meta.url).resolve('onnxruntime-node'),
  });
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  static get(): InferenceThread {
    return (this.running ??= new InferenceThread());
  }

  private constructor() {
    // Nobody listens to its 'error': the process ends with a thread that fails, and a new one takes the next task.
    this.worker.on('message', this.hear);
    this.worker.unref();
  }

  /** @param transfer what is handed over and cannot be used here any more */
  ask(question: Question, transfer: readonly Transferable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const number = this.asked++;
      this.waiting.set(number, { resolve, reject });
      // A process that waits for its thread goes on; one that does not may end.
      this.worker.ref();
      this.worker.postMessage({ number, question }, transfer);
    });
  }

  private readonly hear = (heard: {
    readonly number: number;
    readonly answer?: Answer;
    readonly error?: string;
  }): void => {
    const waiting = this.waiting.get(heard.number);
    this.waiting.delete(heard.number);
    if (this.waiting.size === 0) this.worker.unref();
    if (heard.answer) waiting?.resolve(heard.answer);
    else waiting?.reject(new Error(heard.error));
  };
}
