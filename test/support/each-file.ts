import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

// The same guard as in the processes under test.
jest.requireActual(join(__dirname, 'closed-network.mjs'));

// Jest gives every file classes of its own; ONNX Runtime makes its results, and knows its inputs, by those of Node.
for (const name of ['Float32Array', 'BigInt64Array'])
  Object.assign(globalThis, { [name]: runInThisContext(name) as unknown });
