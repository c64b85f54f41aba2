import sharp from 'sharp';
import { analyzeImage } from '../../../test/support/media/analyze-image.js';
import { animation, bitmap, heic, landscape, solid, stripes, turned } from '../../../test/support/media/images.js';
import { imageFeatures } from './image.features.js';

/** Left half red, right half blue. */
const halves = stripes(
  [
    [60, '#ff0000'],
    [60, '#0000ff'],
  ],
  80,
);
const HALVES = {
  width: 120,
  height: 80,
  color_space: 'srgb',
  channels: 3,
  has_alpha: false,
  orientation: 1,
  frames: 1,
};

describe('what it says about a file', () => {
  it.each([
    ['image/jpeg', halves.clone().jpeg(), 'jpeg'],
    ['image/png', halves.clone().png(), 'png'],
    ['image/webp', halves.clone().webp(), 'webp'],
    ['image/tiff', halves.clone().tiff(), 'tiff'],
    ['image/avif', halves.clone().avif(), 'avif'],
    ['image/bmp', bitmap(120, 80, (x) => (x < 60 ? '#ff0000' : '#0000ff')), 'bmp'],
  ])('reads %s', async (mediaType, file, format) => {
    const { results } = await analyzeImage(file, mediaType, 'image', 'colors');

    expect(results.image).toMatchObject({ ...HALVES, format });
    const { dominant } = results.colors as { dominant: { hex: string; share: number }[] };
    expect(dominant.slice(0, 2).map(({ share }) => Math.round(share * 50) / 50)).toEqual([0.5, 0.5]);
  });

  it('reads HEIC, also one that its own transformation turns', async () => {
    for (const name of ['upright', 'turned'] as const) {
      const { results } = await analyzeImage(heic(name), 'image/heic', 'image', 'colors', 'exif');
      expect(results.image).toMatchObject({ ...HALVES, width: 320, height: 160, format: 'heic' });
      expect(results.exif).toMatchObject({ Make: 'Facet', Model: 'Test HEIC' });
      const { dominant } = results.colors as { dominant: { hex: string; share: number }[] };
      expect(dominant.map(({ share }) => share)).toEqual([
        expect.closeTo(0.75 - (40 * 20) / (320 * 160), 2),
        expect.closeTo(0.25, 2),
        expect.closeTo((40 * 20) / (320 * 160), 2),
      ]);
    }
  });

  it('reads bitmaps with alpha, stored from either end, and with the density they name', async () => {
    const colour = (x: number, y: number) => (y < 20 ? '#ff0000ff' : x < 60 ? '#00ff0000' : '#0000ffff');
    for (const topDown of [false, true]) {
      const { results } = await analyzeImage(
        bitmap(120, 80, colour, { bits: 32, topDown }),
        'image/bmp',
        'image',
        'colors',
      );
      expect(results.image).toMatchObject({ ...HALVES, channels: 4, has_alpha: true, density: 300, format: 'bmp' });
      expect((results.colors as { dominant: unknown }).dominant).toEqual([
        { hex: '#0000ff', share: 0.6 },
        { hex: '#ff0000', share: 0.4 },
      ]);
    }
  });

  it('counts the frames of an animation and looks at the first', async () => {
    const film = animation(40, 30, ['#ff0000', '#00ff00', '#0000ff']);
    for (const [mediaType, file] of [
      ['image/gif', film.clone().gif()],
      ['image/webp', film.clone().webp({ lossless: true })],
    ] as const) {
      const { results } = await analyzeImage(file, mediaType, 'image', 'colors');
      expect(results.image).toMatchObject({ width: 40, height: 30, frames: 3 });
      expect(results.colors).toEqual({ dominant: [{ hex: '#ff0000', share: 1 }], average: '#ff0000' });
    }
  });

  it('takes CMYK, 16 bits and grey for what they show', async () => {
    const cmyk = await sharp(await solid(50, 40, '#ffffff').png().toBuffer())
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    const sixteen = await sharp(await halves.clone().png().toBuffer())
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const grey = await solid(50, 40, '#808080').greyscale().toColourspace('b-w').png().toBuffer();

    const results = [
      (await analyzeImage(cmyk, 'image/jpeg', 'image', 'colors')).results,
      (await analyzeImage(sixteen, 'image/png', 'image', 'colors')).results,
      (await analyzeImage(grey, 'image/png', 'image', 'colors')).results,
    ];

    expect(results.map(({ image }) => image)).toMatchObject([
      { color_space: 'cmyk', channels: 4, has_alpha: false },
      { color_space: 'rgb16', channels: 3, has_alpha: false },
      { color_space: 'b-w', channels: 1, has_alpha: false },
    ]);
    expect(results.map(({ colors }) => (colors as { average: string }).average)).toEqual([
      '#ffffff',
      '#800080',
      '#808080',
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    // Every quarter another colour, and not square.
    const rows = [
      stripes(
        [
          [60, '#ff0000'],
          [60, '#0000ff'],
        ],
        40,
      ),
      stripes(
        [
          [60, '#00ff00'],
          [60, '#ffffff'],
        ],
        40,
      ),
    ];
    const [top, bottom] = await Promise.all(rows.map((row) => row.png().toBuffer()));
    const upright = sharp({ create: { width: 120, height: 80, channels: 3, background: '#000' } }).composite([
      { input: top!, left: 0, top: 0 },
      { input: bottom!, left: 0, top: 40 },
    ]);

    const file = (await turned(upright, orientation)).png();
    const { results, artifacts } = await analyzeImage(file, 'image/png', 'image', 'thumbnail');

    expect(results.image).toMatchObject({ width: 120, height: 80, orientation });
    const { data, info } = await sharp(artifacts['thumbnail.jpg']).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([120, 80]);
    const corner = (x: number, y: number) =>
      [...data.subarray((y * 120 + x) * 3, (y * 120 + x) * 3 + 3)].map((level) => level > 127);
    expect([corner(5, 5), corner(115, 5), corner(5, 75), corner(115, 75)]).toEqual([
      [true, false, false],
      [false, false, true],
      [false, true, false],
      [true, true, true],
    ]);
  });
});

describe('odd shapes', () => {
  it.each([
    [1, 1],
    [1, 2],
    [20_000, 1],
    [1, 20_000],
    [3, 5],
  ])('analyzes %i × %i pixels', async (width, height) => {
    const { results } = await analyzeImage(
      solid(width, height, '#336699').png(),
      'image/png',
      ...imageFeatures.map(({ name }) => name),
    );

    expect(results).toMatchObject({
      image: { width, height },
      exif: null,
      colors: { dominant: [{ hex: '#336699', share: 1 }], average: '#336699' },
      quality: { sharpness: 0, contrast: 0, entropy: 0 },
      hash: { dhash: '0000000000000000', phash: '0000000000000000' },
      codes: [],
      text: { content: '', confidence: 0, words: [] },
    });
  });

  it('finds no colours where everything is transparent', async () => {
    const { results } = await analyzeImage(solid(30, 30, '#ff000000').png(), 'image/png', 'colors', 'quality');

    expect(results.colors).toEqual({ dominant: [], average: null });
    expect(results.quality).toMatchObject({ brightness: 255 });
  });
});

it('finds the same whatever else was asked for', async () => {
  const photo = await landscape(3000, 2250).jpeg().toBuffer();

  const alone = await analyzeImage(photo, 'image/jpeg', 'quality', 'hash', 'colors');
  const together = await analyzeImage(photo, 'image/jpeg', 'codes', 'quality', 'hash', 'colors', 'image');

  expect(together.results).toMatchObject(alone.results);
});
