import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { bitmap, heic, landscape, solid, turned } from '../../../test/support/media/images.js';
import type { ImageSource } from '../image-source.js';
import { onWhite } from '../pixels/on-white.js';
import { canBeLarge } from './limits.js';
import { openImage } from './open.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facet-large-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function opened(image: Buffer | Sharp, mediaType: string): Promise<ImageSource> {
  const path = join(folder, 'upload');
  await writeFile(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
  return openImage(path, mediaType, { ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' } });
}

/** Pixels of a view that is not scaled, as they look on white. */
async function viewOnWhite(source: ImageSource) {
  const { data, width, height } = await source.view(2500);
  return { width, height, data: Buffer.from(onWhite(data).filter((_, index) => index % 4 < 3)) };
}

async function largeCopy({ large }: ImageSource) {
  const { data, width, height, channels } = await large!(7500);
  return { width, height, data: Buffer.from(channels === 3 ? data : data.filter((_, index) => index % 4 < 3)) };
}

/** The greatest difference between two levels. */
function difference(one: Buffer, other: Buffer): number {
  expect(one).toHaveLength(other.length);
  return one.reduce((most, level, index) => Math.max(most, Math.abs(level - other[index]!)), 0);
}

const photo = landscape(300, 225);

it.each<[string, Buffer | Sharp]>([
  ['image/jpeg', photo.clone().jpeg()],
  ['image/jpeg', photo.clone().greyscale().jpeg({ progressive: true })],
  ['image/jpeg', photo.clone().toColourspace('cmyk').jpeg()],
  ['image/png', photo.clone().png()],
  ['image/png', photo.clone().toColourspace('rgb16').png()],
  ['image/png', photo.clone().ensureAlpha(0.5).png({ palette: true })],
  ['image/webp', photo.clone().ensureAlpha(0.3).webp()],
  ['image/gif', photo.clone().gif()],
  ['image/tiff', photo.clone().tiff({ compression: 'lzw' })],
  ['image/avif', photo.clone().avif({ effort: 0 })],
  ['image/bmp', bitmap(90, 70, (x, y) => `#${(x * 65_536 + y * 256 + 77).toString(16).padStart(6, '0')}`)],
  ['image/heic', heic('turned')],
])('of %s has the pixels of a view, without alpha', async (mediaType, image) => {
  const source = await opened(image, mediaType);
  const [view, large] = [await viewOnWhite(source), await largeCopy(source)];
  expect({ ...large, data: null }).toEqual({ ...view, data: null });
  expect(difference(large.data, view.data)).toBeLessThanOrEqual(1);
});

it.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright when stored by orientation %i', async (orientation) => {
  const source = await opened((await turned(photo.clone(), orientation)).png(), 'image/png');
  const [view, large] = [await viewOnWhite(source), await largeCopy(source)];
  expect([large.width, large.height]).toEqual([300, 225]);
  expect(difference(large.data, view.data)).toBe(0);
});

it('is scaled to the size that is asked for', async () => {
  const { large } = await opened(solid(3000, 1000, '#aabbcc').png(), 'image/png');
  expect(await large!(2700)).toMatchObject({ width: 2700, height: 900, channels: 3 });
});

it('is not made of drawings, of bitmaps with alpha, and of what fills the memory while it is decoded', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"/>');
  expect((await opened(svg, 'image/svg+xml')).large).toBeUndefined();
  const bmp = bitmap(4, 4, () => '#11223344', { bits: 32 });
  expect((await opened(bmp, 'image/bmp')).large).toBeUndefined();

  const square = { width: 12_000, height: 12_000 };
  expect(canBeLarge(square, 4)).toBe(true);
  expect(canBeLarge(square, 6)).toBe(false);
});
