import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { convertModel } from '../../scripts/setup/convert-model.mjs';

/** The set-up against a registry of our own: the real npm, a real package, a checkout with nothing but a manifest. */

const run = promisify(execFile);

const ROOT = join(__dirname, '../..');
const MANIFEST = 'src/vision/models/manifest.json';

let folder: string;
let registry: Server;
let tarball: Buffer;
let requests: string[];

/** A graph of TensorFlow.js: y = relu(x + w) with w of 16-bit numbers 1, 1, 1, −4. */
const GRAPH = JSON.stringify({
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '4' }] } } } },
      { name: 'sum', op: 'Add', input: ['x', 'w'] },
      { name: 'y', op: 'Relu', input: ['sum'] },
    ],
  },
  weightsManifest: [{ weights: [{ name: 'w', shape: [1, 4], dtype: 'float32', quantization: { dtype: 'float16' } }] }],
});
const WEIGHTS = Buffer.from(Uint16Array.of(0x3c00, 0x3c00, 0x3c00, 0xc400).buffer);
const FORMAT = { format: 'tfjs-graph', outputs: ['y'] };

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-setup-'));
  await mkdir(join(folder, 'package/model'), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), JSON.stringify({ name: 'some-models', version: '1.2.3' }));
  await writeFile(join(folder, 'package/model/eye.onnx'), 'an eye');
  await writeFile(join(folder, 'package/model/other.onnx'), 'x'.repeat(5000));
  await writeFile(join(folder, 'package/model/graph.json'), GRAPH);
  await writeFile(join(folder, 'package/model/graph.bin'), WEIGHTS);
  await run('npm', ['pack', join(folder, 'package'), '--pack-destination', folder]);
  tarball = await readFile(join(folder, 'some-models-1.2.3.tgz'));
  registry = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url?.endsWith('.tgz')) return response.end(tarball);
    const { port } = registry.address() as AddressInfo;
    const dist = {
      tarball: `http://127.0.0.1:${port}/some-models/-/some-models-1.2.3.tgz`,
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    };
    const versions = { '1.2.3': { name: 'some-models', version: '1.2.3', dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name: 'some-models', 'dist-tags': { latest: '1.2.3' }, versions }));
  }).listen(0, '127.0.0.1');
});

afterAll(async () => {
  registry.close();
  await rm(folder, { recursive: true });
});

let checkout: string;
let models: string;

beforeEach(async () => {
  requests = [];
  checkout = await mkdtemp(join(folder, 'checkout-'));
  models = join(checkout, '.data/models');
  await mkdir(join(checkout, 'src/vision/models'), { recursive: true });
  await cp(join(ROOT, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  await manifest({});
});

async function manifest({ integrity = sha512(), file = sha256('an eye') }) {
  const models = [{ name: 'eye', package: 'some-models', files: [{ path: 'model/eye.onnx', sha256: file }] }];
  const packages = [{ name: 'some-models', version: '1.2.3', integrity }];
  await writeFile(join(checkout, MANIFEST), JSON.stringify({ packages, models }));
}

/** A manifest with a model that is converted. */
async function manifestOfGraph(made = sha256(convertModel(FORMAT, [Buffer.from(GRAPH), WEIGHTS]))) {
  const files = [
    { path: 'model/graph.json', sha256: sha256(GRAPH) },
    { path: 'model/graph.bin', sha256: sha256(WEIGHTS) },
  ];
  const source = { ...FORMAT, files };
  const models = [{ name: 'graph', package: 'some-models', source, files: [{ path: 'graph.onnx', sha256: made }] }];
  const packages = [{ name: 'some-models', version: '1.2.3', integrity: sha512() }];
  await writeFile(join(checkout, MANIFEST), JSON.stringify({ packages, models }));
}

const sha512 = () => `sha512-${createHash('sha512').update(tarball).digest('base64')}`;

/** `node scripts/setup.mjs --only-models`; answers what it said. */
async function setUp(variables: Record<string, string> = {}): Promise<string> {
  const { port } = registry.address() as AddressInfo;
  const { stdout, stderr } = await run(process.execPath, ['scripts/setup.mjs', '--only-models'], {
    cwd: checkout,
    env: {
      PATH: process.env.PATH,
      HOME: checkout,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(checkout, 'cache'),
      npm_config_fetch_retries: '0',
      ...variables,
    },
  });
  return stdout + stderr;
}

it('fetches what the manifest names and nothing else, and does nothing when it is there', async () => {
  expect(await setUp()).toContain('Fetching models (npm pack some-models@1.2.3)');
  expect(await readFile(join(models, 'eye/eye.onnx'), 'utf8')).toBe('an eye');
  expect(await readdir(join(models, 'eye'))).toEqual(['eye.onnx']);

  requests = [];
  const before = (await stat(join(models, 'eye/eye.onnx'))).mtimeMs;
  expect(await setUp()).toContain('Everything is there');
  expect(requests).toEqual([]);
  expect((await stat(join(models, 'eye/eye.onnx'))).mtimeMs).toBe(before);
});

it('fetches a file again that is not what it should be', async () => {
  await setUp();
  await writeFile(join(models, 'eye/eye.onnx'), 'no eye');
  await setUp();
  expect(await readFile(join(models, 'eye/eye.onnx'), 'utf8')).toBe('an eye');
});

it.each([
  ['a package that is another', { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` }, /not the package/],
  ['a file that is another', { file: sha256('something else') }, /not the file/],
])('keeps nothing of %s, and goes on', async (_what, changes, message) => {
  await manifest(changes);
  expect(await setUp()).toMatch(message);
  expect(await readdir(join(models, 'eye')).catch(() => [])).toEqual([]);
});

it('goes on without the network, and says what is missing', async () => {
  expect(await setUp({ npm_config_registry: 'http://127.0.0.1:9/' })).toContain('The models could not be fetched');
});

it('puts them where it is told to', async () => {
  const elsewhere = join(checkout, 'elsewhere');
  await setUp({ MODELS_DIR: elsewhere });
  expect(await readdir(elsewhere)).toEqual(['eye']);
  await setUp({ DATA_DIR: join(checkout, 'data') });
  expect(await readdir(join(checkout, 'data/models'))).toEqual(['eye']);
});

it('leaves alone what the operator has put in its place', async () => {
  await mkdir(models, { recursive: true });
  await writeFile(join(models, 'models.json'), JSON.stringify({ eye: { files: ['mine.onnx'] } }));
  expect(await setUp()).toContain('Everything is there');
  expect(requests).toEqual([]);
});

describe('a model in another format', () => {
  const installed = () => join(models, 'graph/graph.onnx');

  it('is converted once, into a model that computes the same', async () => {
    await manifestOfGraph();
    expect(await setUp()).toContain('Converting graph to ONNX');
    expect(await readdir(join(models, 'graph'))).toEqual(['graph.onnx']);

    const session = await InferenceSession.create(installed());
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(-3, 0, 2.5, 3), [1, 4]) });
    expect([...(y!.data as Float32Array)]).toEqual([0, 1, 3.5, 0]);

    requests = [];
    const before = (await stat(installed())).mtimeMs;
    expect(await setUp()).toContain('Everything is there');
    expect([requests, (await stat(installed())).mtimeMs]).toEqual([[], before]);
  });

  it('is made again where it was damaged, and what a killed set-up left is removed', async () => {
    await manifestOfGraph();
    await mkdir(join(models, 'graph'), { recursive: true });
    await writeFile(installed(), 'half a model');
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(`${installed()}.${pid}`, 'half a model');
    await writeFile(join(models, 'graph/note.txt'), 'of the operator');
    await setUp();
    expect((await readdir(join(models, 'graph'))).sort()).toEqual(['graph.onnx', 'note.txt']);
    expect((await InferenceSession.create(installed())).outputNames).toEqual(['y']);
  });

  it('is made of the source that an earlier set-up put beside it, without the network', async () => {
    await manifestOfGraph();
    await mkdir(join(models, 'graph'), { recursive: true });
    await writeFile(join(models, 'graph/graph.json'), GRAPH);
    await writeFile(join(models, 'graph/graph.bin'), WEIGHTS);
    await setUp({ npm_config_registry: 'http://127.0.0.1:9/' });
    expect(await readdir(join(models, 'graph'))).toEqual(['graph.onnx']);
    expect(requests).toEqual([]);
  });

  it('is not kept when something else comes out, nor is its source lost', async () => {
    await manifestOfGraph(sha256('another model'));
    await mkdir(join(models, 'graph'), { recursive: true });
    await writeFile(join(models, 'graph/graph.json'), GRAPH);
    expect(await setUp()).toMatch(/graph\.onnx was not converted into the file that the manifest names/);
    expect(await readdir(join(models, 'graph'))).toEqual(['graph.json']);
  });
});
