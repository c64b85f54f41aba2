import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageFeature } from './image.feature.js';
import { imageFeatures } from './image.features.js';

const files = readdirSync(join(import.meta.dirname, 'features')).filter((name) => !name.endsWith('.spec.ts'));

it.each(files)('lists the feature of features/%s under its file name', async (file) => {
  const module = (await import(`./features/${file.replace('.ts', '')}`)) as Record<string, ImageFeature>;
  const features = Object.values(module);

  expect(features).toHaveLength(1);
  expect(imageFeatures).toContain(features[0]);
  expect(`${features[0]!.name}.ts`).toBe(file);
});

it('lists nothing else and nothing twice', () => {
  expect(imageFeatures.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});

it('describes every feature, and has all but the judgement on by default', () => {
  for (const feature of imageFeatures) {
    expect(feature.description).toMatch(/^[A-Z].{10,}$/);
    expect(feature.default).toBe(feature.name !== 'safety');
  }
});
