import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { solid, stripes, turned } from '../../../../test/support/media/images.js';
import { agreed, seenOn } from '../../../../test/support/media/photographed-objects.js';
import { photograph } from '../../../../test/support/media/photographs.js';
import { modelsDirectory } from '../../../../test/support/models.js';
import { OBJECT_DETECTOR, ObjectDetector } from '../../../vision/objects/object-detector.js';
import { imageAnalyzer } from '../image.analyzer.js';
import type { DetectedObject } from '../../../vision/objects/object-detector.js';

const photographs = [1, 2, 3, 4, 5, 6];

async function objectsOn(image: Buffer | Sharp, mediaType = 'image/jpeg'): Promise<DetectedObject[]> {
  const { results } = await analyzeImage(image, mediaType, 'objects');
  return results.objects as DetectedObject[];
}

const textured = (levelAt: (index: number) => number) =>
  sharp(Buffer.from(Uint8Array.from({ length: 800 * 600 }, (_, index) => levelAt(index))), {
    raw: { width: 800, height: 600, channels: 1 },
  });

describe('on photographs of 22 people', () => {
  let found: DetectedObject[][];

  beforeAll(async () => {
    found = await Promise.all(photographs.map(async (number) => objectsOn(await photograph(number))));
  });

  it('finds most people where they are, and hardly any where there are none', () => {
    const people = found.map((objects) => objects.filter(({ label }) => label === 'person'));
    const right = photographs.flatMap((number, index) => agreed(seenOn(number), people[index]!));
    expect(photographs.flatMap(seenOn).filter(({ label }) => label === 'person')).toHaveLength(22);
    expect(right.length).toBeGreaterThanOrEqual(18);
    expect(people.flat().length - right.length).toBeLessThanOrEqual(2);
  });

  it.each([
    [1, 'wine glass'],
    [2, 'cell phone'],
    [3, 'cup'],
  ])('finds on photograph %i the %s', (number, label) => {
    const right = agreed(seenOn(number), found[number - 1]!);
    expect(right.map((object) => object.label)).toContain(label);
  });

  it('shows the surest first, in whole pixels of the picture', () => {
    for (const objects of found) {
      const scores = objects.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((one, other) => other - one));
      for (const { score, box } of objects) {
        expect(score).toBeGreaterThanOrEqual(0.4);
        expect(Object.values(box).every(Number.isInteger)).toBe(true);
        expect(box.x + box.width).toBeLessThanOrEqual(1920);
      }
    }
  });
});

it('finds the same people in a picture that lies on its side by EXIF', async () => {
  const upright = sharp(await photograph(1));
  const lying = await (await turned(upright, 6)).jpeg({ quality: 95 }).toBuffer();
  const right = agreed(seenOn(1), await objectsOn(lying));
  expect(right.filter(({ label }) => label === 'person').length).toBeGreaterThanOrEqual(2);
});

it('places objects in a large picture as in a small one', async () => {
  const large = await sharp(await photograph(5))
    .resize({ width: 5760 })
    .jpeg()
    .toBuffer();
  const people = (await objectsOn(large)).filter(({ label }) => label === 'person');
  const third = people.map(({ label, box: { x, y, width, height } }) => ({
    label,
    box: { x: x / 3, y: y / 3, width: width / 3, height: height / 3 },
  }));
  expect(agreed(seenOn(5), third).length).toBeGreaterThanOrEqual(4);
});

it.each([
  ['a plain colour', () => solid(640, 480, '#6688aa')],
  ['black', () => solid(300, 300, '#000000')],
  [
    'stripes',
    () =>
      stripes(
        Array.from({ length: 32 }, (_, index) => [20, index % 2 ? '#ffffff' : '#202020']),
        480,
      ),
  ],
  ['noise', () => textured((index) => Math.imul(index + 1, 2_654_435_761) >>> 24)],
  ['a gradient', () => textured((index) => ((index % 800) * 255) / 800)],
  ['one pixel', () => solid(1, 1, '#ff0000')],
])('finds nothing in %s', async (_, picture) => {
  expect(await objectsOn(picture().png(), 'image/png')).toEqual([]);
});

it('does without a model what it can, and with it all as soon as it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facet-models-'));
  try {
    await expect(ObjectDetector.load(folder)).rejects.toMatchObject({ code: 'model_unavailable' });
    await symlink(join(modelsDirectory, OBJECT_DETECTOR), join(folder, OBJECT_DETECTOR));
    await expect(ObjectDetector.load(folder)).resolves.toBeInstanceOf(ObjectDetector);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('leaves its error and lets the rest stand while its model is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facet-models-'));
  const path = join(folder, 'upload');
  try {
    await solid(64, 64, '#6688aa').png().toFile(path);
    const results = await imageAnalyzer.analyze(
      { path, mediaType: 'image/png', features: ['objects', 'safety', 'hash'], options: {} },
      {
        workDirectory: folder,
        ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
        models: folder,
        deadline: Date.now() + 60_000,
        progress: () => undefined,
        artifact: (name) => join(folder, name),
        report: (error) => {
          throw error;
        },
      },
    );
    const missing = { error: { code: 'model_unavailable', message: expect.stringContaining('npm run setup') } };
    expect(results).toEqual({ objects: missing, safety: missing, hash: expect.objectContaining({}) });
    expect(results.hash).toHaveProperty('dhash');
  } finally {
    await rm(folder, { recursive: true });
  }
});
