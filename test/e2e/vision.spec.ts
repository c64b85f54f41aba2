import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzersOf } from '../faults/processes.js';
import { analyze, call } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { groupFilm } from '../support/media/groups.js';
import { photographs } from '../support/media/photographs.js';
import { modelsDirectory } from '../support/models.js';

/** Megabytes that an analyzer process may take with all models of faces in it. */
const MOST_MEMORY = 450;

let ground: Ground;

beforeAll(async () => {
  ground = await buildGround();
});

afterAll(() => ground.remove());

async function featureNamed(facet: Facet, fileType: string, name: string) {
  const { body } = await call(facet.url, '/api/v1/analyzers');
  const analyzer = body.items.find((item: any) => item.file_type === fileType);
  return analyzer.features.find((feature: any) => feature.name === name);
}

describe('with the models in place', () => {
  let facet: Facet;

  beforeAll(async () => {
    // One analyzer process does all the work here.
    facet = await startFacet(ground, { MAX_WORKERS: '1' });
  });

  afterAll(() => facet.stop());

  it('finds the people of a photograph', async () => {
    const row = await analyze(facet.url, photographs[2]!.path, {
      fields: { features: 'faces', options: '{"embeddings":true}' },
    });
    expect(row).toMatchObject({ status: 'completed', error: null });
    expect(row.results.faces).toHaveLength(3);
    for (const face of row.results.faces) expect(face.embedding).toHaveLength(512);
  });

  it('finds the people of a film, each with a picture to download', async () => {
    const film = await groupFilm([
      { photograph: 3, seconds: 2 },
      { photograph: 0, seconds: 1 },
      { photograph: 3, seconds: 1 },
    ]);
    const row = await analyze(facet.url, film, { fields: { features: 'faces' } });
    expect(row).toMatchObject({ status: 'completed', error: null });
    expect(row.results.faces).toMatchObject({ frames_analyzed: 40, frames_with_faces: 30, max_faces: 3 });
    expect(row.results.faces.people.map(({ artifact }: any) => artifact)).toEqual([
      'person-1.jpg',
      'person-2.jpg',
      'person-3.jpg',
    ]);
    for (const { url, media_type } of row.artifacts) {
      expect(media_type).toBe('image/jpeg');
      expect(await call(facet.url, url)).toMatchObject({ status: 200 });
    }
  });

  it('says what it needs and that it is there', async () => {
    expect(await featureNamed(facet, 'video', 'faces')).toMatchObject({
      available: true,
      models: ['face-detector', 'face-landmarks', 'face-embedder'],
      missing_models: [],
    });
    expect(await featureNamed(facet, 'image', 'colors')).toMatchObject({ available: true, models: [] });
  });

  it('keeps the models in the analyzer, which stays small, and out of the API', async () => {
    const mapped = await readFile(`/proc/${facet.process.pid!}/maps`, 'utf8');
    expect(mapped).not.toContain('onnxruntime');
    const [analyzer] = analyzersOf(facet.process.pid!);
    const status = await readFile(`/proc/${analyzer!.pid}/status`, 'utf8');
    expect(await readFile(`/proc/${analyzer!.pid}/maps`, 'utf8')).toContain('onnxruntime');
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024).toBeLessThan(MOST_MEMORY);
  });
});

describe('without the models', () => {
  let facet: Facet;
  let empty: string;

  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'facet-models-'));
    facet = await startFacet(ground, { MODELS_DIR: empty });
  });

  afterAll(async () => {
    await facet.stop();
    await rm(empty, { recursive: true });
  });

  it('does everything else, and says of faces that their model is missing', async () => {
    const row = await analyze(facet.url, photographs[2]!.path, { fields: { features: 'image,faces,hash' } });
    expect(row).toMatchObject({ status: 'completed', error: null });
    expect(row.results.image).toMatchObject({ width: 1920, height: 1350 });
    expect(row.results.hash.dhash).toMatch(/^[0-9a-f]{16}$/);
    expect(row.results.faces).toEqual({ error: { code: 'model_unavailable', message: expect.any(String) } });
  });

  it('says so before anything is sent', async () => {
    const missing = ['face-detector', 'face-landmarks', 'face-pose', 'face-age'];
    expect(await featureNamed(facet, 'image', 'faces')).toMatchObject({ available: false, missing_models: missing });
    const { status, body } = await call(facet.url, '/health');
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(body.details.models).toMatchObject({ status: 'up', missing: expect.arrayContaining(missing) });
  });

  it('takes them up when they come, also from a place of the operator’s own', async () => {
    for (const name of ['face-landmarks', 'face-pose', 'face-age'])
      await symlink(join(modelsDirectory, name), join(empty, name));
    const own = { 'face-detector': { files: [join(modelsDirectory, 'face-detector', 'fr_detect.onnx')] } };
    await writeFile(join(empty, 'models.json'), JSON.stringify(own));

    await eventually(
      () => featureNamed(facet, 'image', 'faces'),
      ({ available }) => available === true,
      5,
    );
    const row = await analyze(facet.url, photographs[2]!.path, { fields: { features: 'faces' } });
    expect(row.results.faces).toHaveLength(3);
  });
});
