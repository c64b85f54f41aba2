import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { landscape, stripes } from '../../../../test/support/media/images.js';

interface Colors {
  dominant: { hex: string; share: number }[];
  average: string;
}

async function colorsOf(...image: Parameters<typeof analyzeImage>): Promise<Colors> {
  return (await analyzeImage(image[0], image[1], 'colors')).results.colors as Colors;
}

it('finds the colours of a flag with their exact shares', async () => {
  const flag = stripes(
    [
      [25, '#0055a4'],
      [50, '#ffffff'],
      [125, '#ef4135'],
    ],
    60,
  );

  expect(await colorsOf(flag.png(), 'image/png')).toEqual({
    dominant: [
      { hex: '#ef4135', share: 0.625 },
      { hex: '#ffffff', share: 0.25 },
      { hex: '#0055a4', share: 0.125 },
    ],
    // 0.125 · 00 55 a4 + 0.25 · ff ff ff + 0.625 · ef 41 35, by hand: 213.125, 115, 117.375.
    average: '#d57375',
  });
});

it('finds a colour of two in a hundred', async () => {
  const { dominant } = await colorsOf(
    stripes(
      [
        [490, '#202020'],
        [10, '#ff0000'],
      ],
      300,
    ).png(),
    'image/png',
  );

  expect(dominant).toEqual([
    { hex: '#202020', share: 0.98 },
    { hex: '#ff0000', share: 0.02 },
  ]);
});

it('keeps shares in a large picture, where edges are blended', async () => {
  const { dominant } = await colorsOf(
    stripes(
      [
        [1001, '#ff0000'],
        [2002, '#0000ff'],
      ],
      1000,
    ).png(),
    'image/png',
  );

  expect(dominant).toHaveLength(2);
  expect(dominant.map(({ share }) => share)).toEqual([expect.closeTo(2 / 3, 2), expect.closeTo(1 / 3, 2)]);
});

it('does not count what is transparent', async () => {
  const image = stripes(
    [
      [60, '#00000000'],
      [30, '#ffcc00ff'],
      [10, '#0000ffff'],
    ],
    20,
  );

  expect((await colorsOf(image.png(), 'image/png')).dominant).toEqual([
    { hex: '#ffcc00', share: 0.75 },
    { hex: '#0000ff', share: 0.25 },
  ]);
});

it('brings a photograph down to 8 at most, whose shares add up to 1', async () => {
  const { dominant, average } = await colorsOf(landscape(800, 600).jpeg(), 'image/jpeg');

  expect(dominant.length).toBeGreaterThanOrEqual(4);
  expect(dominant.length).toBeLessThanOrEqual(8);
  expect(dominant.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 3);
  expect(dominant.map(({ share }) => share)).toEqual([...dominant.map(({ share }) => share)].sort((a, b) => b - a));
  for (const hex of [...dominant.map((swatch) => swatch.hex), average]) expect(hex).toMatch(/^#[0-9a-f]{6}$/);
});
