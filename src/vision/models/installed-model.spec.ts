import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { modelsDirectory } from '../../../test/support/models.js';
import { installedModel, missingModels } from './installed-model.js';
import { models } from './manifest.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facet-models-'));
  await cp(join(modelsDirectory, 'face-age'), join(directory, 'face-age'), { recursive: true });
});

afterEach(() => rm(directory, { recursive: true }));

const file = () => join(directory, 'face-age', 'fr_age.onnx');

const unavailable = { name: 'WorkFailure', code: 'model_unavailable' };

it('answers where a model lies', async () => {
  expect(await installedModel(directory, 'face-age')).toEqual({ file: file(), settings: {} });
  expect(await missingModels(directory)).not.toContain('face-age');
});

it('does not use one that is missing', async () => {
  await expect(installedModel(directory, 'face-pose')).rejects.toMatchObject(unavailable);
  expect(await missingModels(directory)).toContain('face-pose');
});

it('does not use one that was cut off', async () => {
  await writeFile(file(), (await readFile(file())).subarray(0, -1));
  await expect(installedModel(directory, 'face-age')).rejects.toMatchObject(unavailable);
  expect(await missingModels(directory)).toContain('face-age');
});

it('does not use one with a single other bit', async () => {
  const bytes = await readFile(file());
  bytes[1000]! ^= 1;
  await writeFile(file(), bytes);
  await expect(installedModel(directory, 'face-age')).rejects.toMatchObject(unavailable);
});

describe('a model of the operator’s own', () => {
  const own = (entry: unknown) => writeFile(join(directory, 'models.json'), JSON.stringify({ 'face-age': entry }));

  it('takes the place of the other, with settings of its own over those of the manifest', async () => {
    await writeFile(join(directory, 'mine.onnx'), 'mine');
    await own({ files: ['mine.onnx'], settings: { years: 90 } });
    expect(await installedModel(directory, 'face-age')).toEqual({
      file: join(directory, 'mine.onnx'),
      settings: { years: 90 },
    });
  });

  it('is missed when it is not there', async () => {
    await own({ files: ['/nowhere/mine.onnx'] });
    await expect(installedModel(directory, 'face-age')).rejects.toMatchObject(unavailable);
    expect(await missingModels(directory)).toContain('face-age');
  });

  it.each([{}, { files: [] }, { files: ['a', 'b'] }, { files: [1] }, null])('is refused as %j', async (entry) => {
    await own(entry);
    await expect(installedModel(directory, 'face-age')).rejects.toThrow(/models\.json: face-age needs "files"/);
  });
});

describe('the manifest', () => {
  it('says of each model what is known and what is not', () => {
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
    for (const { name, purpose, license, origin, unknown, files, source } of models) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const text of [purpose, license, origin, unknown]) expect(text).toMatch(/\S.{2,}/);
      expect(files).toHaveLength(1);
      for (const { path } of files) expect(path).toMatch(/\.onnx$/);
      const sources = source?.files.map(({ path }) => basename(path)) ?? [];
      expect(new Set(sources).size).toBe(sources.length);
    }
  });

  it('is what the set-up has put there', async () => {
    for (const { name, files } of models)
      for (const { path, bytes, sha256 } of files) {
        const found = await readFile(join(modelsDirectory, name, basename(path)));
        expect(found.length).toBe(bytes);
        expect(createHash('sha256').update(found).digest('hex')).toBe(sha256);
      }
  });
});
