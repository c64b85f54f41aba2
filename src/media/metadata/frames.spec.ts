import { analyzeImage } from '../../../test/support/media/analyze-image.js';
import { gifOfFrames } from '../../../test/support/media/image-bombs.js';
import { animation, landscape } from '../../../test/support/media/images.js';
import type { ImageFacts } from '../image-source.js';

const framesOf = async (...image: Parameters<typeof analyzeImage>) =>
  ((await analyzeImage(image[0], image[1], 'image')).results.image as ImageFacts).frames;

const colours = ['#ff0000', '#00ff00', '#0000ff', '#ffff00', '#00ffff'];

it.each([
  ['image/gif', animation(30, 20, colours).gif({ keepDuplicateFrames: true }), 5],
  ['image/webp', animation(30, 20, colours).webp(), 5],
  ['image/tiff', animation(30, 20, colours).tiff(), 5],
  ['image/gif', landscape(300, 200).gif(), 1],
  ['image/webp', landscape(300, 200).webp(), 1],
  ['image/tiff', landscape(300, 200).tiff(), 1],
  ['image/tiff', landscape(300, 200).tiff({ bigtiff: true }), 1],
  ['image/png', landscape(300, 200).png(), 1],
])('counts those of %s', async (mediaType, image, frames) => {
  expect(await framesOf(image, mediaType)).toBe(frames);
});

it('counts up to its limit in a file larger than one look', async () => {
  const file = gifOfFrames(10_000);
  expect(file.length).toBeGreaterThan(2 * 64 * 1024);

  expect(await framesOf(file, 'image/gif')).toBe(10_000);
});
