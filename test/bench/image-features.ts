import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { imageAnalyzer } from '../../src/analysis/image/image.analyzer.js';
import { landscape } from '../support/media/images.js';
import { buildContext } from './analysis-context.js';
import { type Figures, median, secondsOf } from './figures.js';

interface BenchPicture {
  path: string;
  mediaType: string;
}

/**
 * Reading takes a hundred times as long and is Tesseract's and ZXing's work, not ours; what networks see is theirs, and
 * that of faces is measured by itself.
 */
const LEFT_OUT = ['text', 'codes', 'faces', 'objects'];

const WARM_UP = 2;
const ROUNDS = 15;

/**
 * Pictures a second: the image analyzer's default features, without those that read or look by a network, against one
 * bare sharp script that does the same operations. Both take turns on the same pictures in this process; medians of the
 * rounds.
 */
export async function imageFeaturesBenchmark(): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'facet-bench-'));
  try {
    const pictures = await makePictures(folder);
    const features = imageAnalyzer.features.filter((feature) => feature.default && !LEFT_OUT.includes(feature.name));
    const names = features.map(({ name }) => name);
    const rounds = { ours: [] as number[], reference: [] as number[] };
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const ours = await secondsOf(async () => {
        for (const picture of pictures) await analyze(picture, names, folder);
      });
      const reference = await secondsOf(async () => {
        for (const { path } of pictures) await bareSharp(path, join(folder, 'reference.jpg'));
      });
      if (round < 0) continue;
      rounds.ours.push(ours);
      rounds.reference.push(reference);
    }
    const [ours, reference] = [pictures.length / median(rounds.ours), pictures.length / median(rounds.reference)];
    return {
      name: 'image-features',
      unit: 'pictures/s',
      ours,
      reference,
      reference_name: 'bare sharp',
      ratio: ours / reference,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makePictures(folder: string): Promise<BenchPicture[]> {
  const [large, small] = [landscape(4000, 3000), landscape(3000, 2250)];
  const pictures = [
    { path: join(folder, 'picture.jpg'), mediaType: 'image/jpeg', made: large.jpeg({ quality: 85 }) },
    { path: join(folder, 'picture.png'), mediaType: 'image/png', made: small.clone().png() },
    { path: join(folder, 'picture.webp'), mediaType: 'image/webp', made: small.webp() },
  ];
  for (const { path, made } of pictures) await made.toFile(path);
  return pictures.map(({ path, mediaType }) => ({ path, mediaType }));
}

async function analyze(picture: BenchPicture, features: readonly string[], folder: string): Promise<void> {
  await imageAnalyzer.analyze({ ...picture, features, options: {} }, buildContext(folder));
}

/**
 * The same by hand, as one would write it with sharp alone: header, one decode at the size that is needed, and of that
 * the statistics, the variance of the Laplacian, the pixels to count colours in, the cells of both hashes with the
 * cosine transform, and the thumbnail.
 */
async function bareSharp(path: string, thumbnail: string): Promise<void> {
  await sharp(path).metadata();
  const { data, info } = await sharp(path, { failOn: 'truncated', sequentialRead: true })
    .resize(512, 512, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const small = sharp(data, { raw: info });
  const grey = await small.clone().greyscale().raw().toBuffer({ resolveWithObject: true });
  const luma = sharp(grey.data, { raw: grey.info });
  await luma.clone().stats();
  const laplacian = { width: 3, height: 3, kernel: [0, 1, 0, 1, -4, 1, 0, 1, 0], offset: 128 };
  await sharp(await luma.clone().convolve(laplacian).raw().toBuffer(), { raw: grey.info }).stats();
  await small.clone().stats();
  countColours(await small.clone().resize(64, 64, { fit: 'inside' }).raw().toBuffer());
  await luma.clone().resize(9, 8, { fit: 'fill' }).raw().toBuffer();
  cosineTransform(await luma.clone().resize(32, 32, { fit: 'fill' }).raw().toBuffer());
  await small.clone().jpeg({ quality: 80 }).toFile(thumbnail);
}

function countColours(pixels: Buffer): Map<number, number> {
  const counts = new Map<number, number>();
  for (let index = 0; index + 2 < pixels.length; index += 3) {
    const colour = ((pixels[index]! >> 3) << 10) | ((pixels[index + 1]! >> 3) << 5) | (pixels[index + 2]! >> 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

function cosineTransform(cells: Buffer): number[] {
  const wave = (k: number, n: number) => Math.cos((Math.PI * k * (2 * n + 1)) / 64);
  const rows = Array.from({ length: 32 * 8 }, (_, index) => {
    let sum = 0;
    for (let x = 0; x < 32; x++) sum += cells[(index >> 3) * 32 + x]! * wave((index & 7) + 1, x);
    return sum;
  });
  return Array.from({ length: 64 }, (_, index) => {
    let sum = 0;
    for (let y = 0; y < 32; y++) sum += rows[y * 8 + (index & 7)]! * wave((index >> 3) + 1, y);
    return sum;
  });
}
