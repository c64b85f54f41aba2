import sharp from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { landscape, stripes } from '../../../../test/support/media/images.js';

interface Quality {
  sharpness: number;
  brightness: number;
  contrast: number;
  entropy: number;
}

const qualityOf = async (image: Parameters<typeof analyzeImage>[0]) =>
  (await analyzeImage(image, 'image/png', 'quality')).results.quality as Quality;

it('measures black and white stripes', async () => {
  // A quarter white: mean 63.75, deviation 255·√(¼·¾), entropy −¼·log₂¼ − ¾·log₂¾.
  expect(
    await qualityOf(
      stripes(
        [
          [60, '#000000'],
          [20, '#ffffff'],
        ],
        50,
      ).png(),
    ),
  ).toMatchObject({
    brightness: 63.75,
    contrast: 110.42,
    entropy: 0.81,
  });
});

it('weighs colours as BT.601 does', async () => {
  const brightness = async (hex: string) => (await qualityOf(stripes([[9, hex]], 9).png())).brightness;

  expect(await brightness('#ff0000')).toBe(Math.round(0.299 * 255));
  expect(await brightness('#00ff00')).toBe(Math.round(0.587 * 255));
  expect(await brightness('#0000ff')).toBe(Math.round(0.114 * 255));
  // Half black on white paper.
  expect(await brightness('#00000080')).toBe(127);
});

it('finds the variance of the Laplacian of the pixels', async () => {
  const colourful = await landscape(400, 300).png().toBuffer();
  const png = await sharp(colourful).greyscale().png().toBuffer();
  const { data } = await sharp(png).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  const level = (x: number, y: number) => data[y * 400 + x]!;
  const responses: number[] = [];
  for (let y = 1; y < 299; y++)
    for (let x = 1; x < 399; x++)
      responses.push(level(x - 1, y) + level(x + 1, y) + level(x, y - 1) + level(x, y + 1) - 4 * level(x, y));
  const mean = responses.reduce((sum, response) => sum + response, 0) / responses.length;
  const variance = responses.reduce((sum, response) => sum + (response - mean) ** 2, 0) / responses.length;

  expect((await qualityOf(png)).sharpness).toBeCloseTo(variance, 1);
});

it('falls when a picture is blurred', async () => {
  const png = await landscape(800, 600).png().toBuffer();
  const [sharpened, blurred] = [await qualityOf(png), await qualityOf(sharp(png).blur(4).png())];

  expect(blurred.sharpness).toBeLessThan(sharpened.sharpness / 4);
  expect(blurred.brightness).toBeCloseTo(sharpened.brightness, 0);
});

it('is taken at 512 pixels: four times the pixels of the same picture are as sharp', async () => {
  const bars = (width: number) =>
    stripes(
      Array.from({ length: 16 }, (_, index) => [width, index % 2 === 0 ? '#202020' : '#e0e0e0'] as const),
      16 * width,
    );
  const [one, other] = [await qualityOf(bars(32).png()), await qualityOf(bars(128).png())];

  // At its full size edges would be four times rarer, and sharpness a quarter.
  expect(Math.abs(one.sharpness - other.sharpness) / one.sharpness).toBeLessThan(0.4);
});
