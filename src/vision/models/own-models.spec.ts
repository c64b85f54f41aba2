import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { photograph } from '../../../test/support/media/photographs.js';
import { modelsDirectory, modelSourcesDirectory } from '../../../test/support/models.js';
import { ObjectDetector } from '../objects/object-detector.js';
import type { Raster } from '../../media/pixels/raster.js';
import { SafetyClassifier } from '../safety/safety-classifier.js';
import { graphModel } from '../../../scripts/setup/tensorflow/graph-model.mjs';
import { layersModel } from '../../../scripts/setup/tensorflow/layers-model.mjs';
import { packedLiteral } from '../../../scripts/setup/tensorflow/packed-literal.mjs';
import { toOnnx } from '../../../scripts/setup/tensorflow/to-onnx.mjs';
import { missingModels } from './installed-model.js';

let folder: string;
let picture: Raster;

beforeAll(async () => {
  const { data, info } = await sharp(await photograph(1))
    .resize({ width: 512 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  picture = { data, width: info.width, height: info.height, channels: 3 };
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-models-'));
});

afterEach(() => rm(folder, { recursive: true }));

const source = (model: string, file: string) => readFile(join(modelSourcesDirectory, model, file));
const packed = async (file: string) => packedLiteral(String(await source('safety-classifier', file)));

/** Says in `models.json` that one ONNX file, and no other, is the model. */
async function own(model: string, onnx: Uint8Array, settings?: object): Promise<void> {
  await writeFile(join(folder, 'mine.onnx'), onnx);
  await writeFile(join(folder, 'models.json'), JSON.stringify({ [model]: { files: ['mine.onnx'], settings } }));
}

it('finds objects with one ONNX file of the operator', async () => {
  const json = JSON.parse(String(await source('object-detector', 'nanodet.json')));
  const outputs = ['PartitionedCall/Add_29', 'PartitionedCall/Add_33', 'PartitionedCall/Add_37'];
  await own('object-detector', toOnnx(graphModel(json, await source('object-detector', 'nanodet.bin')), outputs));

  const found = await (await ObjectDetector.load(folder)).detect(picture, 0.4);

  expect(found.map(({ label }) => label)).toContain('person');
  expect(found).toEqual(await (await ObjectDetector.load(modelsDirectory)).detect(picture, 0.4));
  expect(await missingModels(folder)).not.toContain('object-detector');
});

it('judges safety with one ONNX file of the operator and its settings', async () => {
  const weights = Buffer.from(await packed('group1-shard1of1.min.js'), 'base64');
  const layers = layersModel(await packed('model.min.js'), weights);
  await own('safety-classifier', toOnnx(layers, ['dense_2', 'dense_3']), { output: 'dense_3' });

  const safety = await (await SafetyClassifier.load(folder)).classify(picture);

  expect(Object.values(safety).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
  expect(safety).toEqual(await (await SafetyClassifier.load(modelsDirectory)).classify(picture));
});

it.each([
  ['too many files', { 'safety-classifier': { files: ['one.js', 'two.js', 'three.js'] } }],
  ['a model of two files', { 'object-detector': { files: ['model.json', 'model.bin'] } }],
  ['no files', { 'object-detector': {} }],
  ['a name that is no text', { 'object-detector': { files: [1] } }],
  ['a model that the manifest does not name', { oracle: { files: ['mine.onnx'] } }],
])('refuses %s', async (_, entries) => {
  await writeFile(join(folder, 'models.json'), JSON.stringify(entries));
  await expect(missingModels(folder)).rejects.toThrow(Object.keys(entries)[0]);
});
