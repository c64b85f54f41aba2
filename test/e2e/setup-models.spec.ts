import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The set-up against a registry of our own: the real npm, a real package, a checkout with nothing but a manifest. */

const run = promisify(execFile);

const ROOT = join(__dirname, '../..');
const MANIFEST = 'src/vision/models/manifest.json';

let folder: string;
let registry: Server;
let tarball: Buffer;
let requests: string[];

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-setup-'));
  await mkdir(join(folder, 'package/model'), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), JSON.stringify({ name: 'some-models', version: '1.2.3' }));
  await writeFile(join(folder, 'package/model/eye.onnx'), 'an eye');
  await writeFile(join(folder, 'package/model/other.onnx'), 'x'.repeat(5000));
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
