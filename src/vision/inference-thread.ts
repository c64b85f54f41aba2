import { InferenceSession, Tensor } from 'onnxruntime-node';
import { serveRequests } from '../platform/threads/serve-requests.js';
import type { OpenRequest, Outputs, RunRequest } from './inference.js';

/** The main file of the thread in which models calculate: one question after the other. */

/** The analyzer processes are the parallelism; weights that old exporters list as inputs are no reason to warn. */
const SESSION: InferenceSession.SessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

const sessions = new Map<number, InferenceSession>();
const copies = new Map<number, Float32Array>();
let last: Promise<unknown> = Promise.resolve();

serveRequests(
  (question: OpenRequest | RunRequest) => {
    const answer = last.then(() => ('open' in question ? open(question) : run(question)));
    last = answer.catch(() => undefined);
    return answer;
  },
  (outputs) => Object.values(outputs).map(({ buffer }) => buffer as ArrayBuffer),
);

async function open({ model, open }: OpenRequest): Promise<Outputs> {
  sessions.set(model, await InferenceSession.create(open, SESSION));
  return {};
}

async function run({ model, input, shape }: RunRequest): Promise<Outputs> {
  const session = sessions.get(model);
  if (!session) throw new Error('A model is run that was not opened');
  const results = await session.run({ [session.inputNames[0] ?? '']: new Tensor('float32', own(input), shape) });
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

/** Models take no memory that threads share. One is run after the other, so a copy of each length is enough. */
function own(input: Float32Array): Float32Array {
  if (!(input.buffer instanceof SharedArrayBuffer)) return input;
  const copy = copies.get(input.length) ?? new Float32Array(input.length);
  copies.set(input.length, copy);
  copy.set(input);
  return copy;
}
