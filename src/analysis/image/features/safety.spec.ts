import type { Sharp } from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { landscape, solid } from '../../../../test/support/media/images.js';
import { photograph } from '../../../../test/support/media/photographs.js';
import type { Safety } from '../../../vision/safety/safety-classifier.js';

async function safetyOf(image: Buffer | Sharp, mediaType = 'image/jpeg'): Promise<Safety> {
  return (await analyzeImage(image, mediaType, 'safety')).results.safety as Safety;
}

it('gives each of five kinds a share of one', async () => {
  const safety = await safetyOf(await photograph(1));
  expect(Object.keys(safety)).toEqual(['drawing', 'hentai', 'neutral', 'porn', 'sexy']);
  const shares = Object.values(safety);
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
});

it.each([1, 2, 3, 4, 5, 6])(
  'takes the people on photograph %i, who are dressed, for no pornography',
  async (number) => {
    const { hentai, porn, drawing, neutral, sexy } = await safetyOf(await photograph(number));
    expect(hentai + porn).toBeLessThan(0.5);
    expect(neutral + sexy).toBeGreaterThan(drawing);
  },
);

it.each([
  ['a plain colour', () => solid(640, 480, '#6688aa')],
  ['a landscape of noise', () => landscape(800, 600)],
])('finds nothing unsafe in %s', async (_, picture) => {
  const { hentai, porn, sexy } = await safetyOf(picture().png(), 'image/png');
  expect(hentai + porn + sexy).toBeLessThan(0.5);
});
