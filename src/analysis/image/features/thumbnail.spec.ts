import sharp from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { solid, stripes } from '../../../../test/support/media/images.js';

async function thumbnailOf(...image: Parameters<typeof analyzeImage>) {
  const { results, artifacts } = await analyzeImage(image[0], image[1], 'thumbnail');
  expect(results).toEqual({});
  expect(Object.keys(artifacts)).toEqual(['thumbnail.jpg']);
  return sharp(artifacts['thumbnail.jpg']);
}

it.each([
  [3000, 1000, 512, 171],
  [1000, 3000, 171, 512],
  [200, 100, 200, 100],
  [20_000, 1, 512, 1],
])('makes of %i × %i pixels a JPEG of %i × %i', async (width, height, expectedWidth, expectedHeight) => {
  const thumbnail = await thumbnailOf(solid(width, height, '#228844').png(), 'image/png');

  expect(await thumbnail.metadata()).toMatchObject({ format: 'jpeg', width: expectedWidth, height: expectedHeight });
});

it('shows the picture, on white where it is transparent', async () => {
  const image = stripes(
    [
      [100, '#ff0000ff'],
      [100, '#0000ff00'],
    ],
    100,
  ).png();

  const { data } = await (await thumbnailOf(image, 'image/png')).raw().toBuffer({ resolveWithObject: true });

  const pixel = (x: number) => [...data.subarray((50 * 200 + x) * 3, (50 * 200 + x) * 3 + 3)];
  expect(pixel(50).map((level) => Math.round(level / 16))).toEqual([16, 0, 0]);
  expect(pixel(150)).toEqual([255, 255, 255]);
});

it('carries none of the tags of the original', async () => {
  const image = solid(50, 50, '#123456')
    .withExif({ IFD0: { Artist: 'A. Person' } })
    .jpeg();

  const { exif, icc, xmp } = await (await thumbnailOf(image, 'image/jpeg')).metadata();

  expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
});
