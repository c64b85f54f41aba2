import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { modelSourcesDirectory } from '../support/models.js';
import { runLayers } from '../support/run-layers.js';
import { graphModel } from '../../scripts/setup/tensorflow/graph-model.mjs';
import { layersModel } from '../../scripts/setup/tensorflow/layers-model.mjs';
import { packedLiteral } from '../../scripts/setup/tensorflow/packed-literal.mjs';
import { toOnnx } from '../../scripts/setup/tensorflow/to-onnx.mjs';

beforeAll(async () => {
  setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  await tf.setBackend('wasm');
  await tf.ready();
});

/** The same numbers between two limits every time. */
function numbers(count: number, from: number, to: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return from + ((to - from) * state) / 2_147_483_647;
  });
}

async function runOnnx(model: Uint8Array, input: Float32Array, shape: number[]) {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  return session.run({ [session.inputNames[0]!]: new Tensor('float32', input, shape) });
}

const greatest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, value), -Infinity);

function greatestDifference(ours: Float32Array, theirs: Float32Array): number {
  expect(ours).toHaveLength(theirs.length);
  return ours.reduce((most, value, index) => Math.max(most, Math.abs(value - theirs[index]!)), 0);
}

it('computes the detector of objects as TensorFlow.js does', async () => {
  const folder = join(modelSourcesDirectory, 'object-detector');
  const json = JSON.parse(await readFile(join(folder, 'nanodet.json'), 'utf8'));
  const weights = await readFile(join(folder, 'nanodet.bin'));
  const outputs = ['PartitionedCall/Add_29', 'PartitionedCall/Add_33', 'PartitionedCall/Add_37'];
  const shape = [1, 3, 416, 416];
  const input = numbers(3 * 416 * 416, -2, 2);

  const ours = await runOnnx(toOnnx(graphModel(json, weights), outputs), input, shape);
  const weightSpecs = json.weightsManifest.flatMap((group: any) => group.weights);
  const weightData = new Uint8Array(weights).buffer;
  const artifacts = { modelTopology: json.modelTopology, weightSpecs, weightData, signature: json.signature };
  const theirs = await loadGraphModel({ load: () => Promise.resolve(artifacts) });

  for (const output of outputs) {
    const expected = theirs.execute(tf.tensor(input, shape), output) as tf.Tensor;
    expect(ours[output]!.dims).toEqual(expected.shape);
    const numbersOfTheirs = (await expected.data()) as Float32Array;
    expect(greatest(numbersOfTheirs)).toBeGreaterThan(2);
    expect(greatestDifference(ours[output]!.data as Float32Array, numbersOfTheirs)).toBeLessThan(1e-4);
  }
});

it('computes the judge of safety as TensorFlow.js does', async () => {
  const read = async (name: string) =>
    packedLiteral(await readFile(join(modelSourcesDirectory, 'safety-classifier', name), 'utf8'));
  const json = await read('model.min.js');
  const weights = Buffer.from(await read('group1-shard1of1.min.js'), 'base64');
  const input = numbers(224 * 224 * 3, 0, 1);

  const ours = await runOnnx(toOnnx(layersModel(json, weights), ['dense_2', 'dense_3']), input, [1, 224, 224, 3]);
  const theirs = runLayers(json, weights, tf.tensor(input, [1, 224, 224, 3]));

  // The last is a softmax, which hides much; the one before it does not.
  for (const layer of ['dense_2', 'dense_3']) {
    const expected = (await theirs[layer]!.data()) as Float32Array;
    expect(greatest(expected)).toBeGreaterThan(0.1);
    expect(greatestDifference(ours[layer]!.data as Float32Array, expected)).toBeLessThan(1e-4);
  }
});

it('refuses what it does not know', () => {
  const model = (op: string) => ({ nodes: new Map([['a', { name: 'a', op }]]), weights: new Map() });
  expect(() => toOnnx(model('Einsum'), ['a'])).toThrow('a is computed by Einsum');
  expect(() => toOnnx(model('Relu'), ['a'])).toThrow('a has no input 0');
  expect(() => toOnnx(model('Relu'), ['b'])).toThrow('b is computed by no node');
});
