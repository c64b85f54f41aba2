import sharp from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { barcode, landscape, turned } from '../../../../test/support/media/images.js';
import type { Box } from '../../../media/pixels/raster.js';

interface Code {
  format: string;
  text: string;
  box: Box;
}

const codesIn = async (image: Parameters<typeof analyzeImage>[0], mediaType = 'image/png') =>
  (await analyzeImage(image, mediaType, 'codes')).results.codes as Code[];

/** The code on a white image; where its ink is, is found by libvips. */
async function placed(code: Buffer, width: number, height: number, left: number, top: number) {
  const image = sharp({ create: { width, height, channels: 3, background: '#fff' } }).composite([
    { input: code, left, top },
  ]);
  const { info } = await sharp(await image.clone().png().toBuffer())
    .trim({ background: '#fff', threshold: 10 })
    .toBuffer({ resolveWithObject: true });
  const box = { x: -info.trimOffsetLeft!, y: -info.trimOffsetTop!, width: info.width, height: info.height };
  return { image, box };
}

const corners = ({ x, y, width, height }: Box) => [x, y, x + width, y + height];

function expectNear(box: Box, truth: Box, pixels: number): void {
  for (const [index, edge] of corners(box).entries())
    expect(Math.abs(edge - corners(truth)[index]!)).toBeLessThanOrEqual(pixels);
}

it.each([
  ['qrcode', 'https://facet.example/?q=1', 'QRCode'],
  ['microqrcode', '12345', 'MicroQRCode'],
  ['datamatrix', 'Facet 2024', 'DataMatrix'],
  ['azteccode', 'Facet boarding pass', 'Aztec'],
  ['pdf417', 'Facet licence', 'PDF417'],
  ['ean13', '4006381333931', 'EAN13'],
  ['ean8', '96385074', 'EAN8'],
  ['code128', 'FACET-128', 'Code128'],
  ['code39', 'FACET39', 'Code39'],
])('reads %s', async (symbology, text, format) => {
  expect(await codesIn(await barcode(symbology, text))).toEqual([expect.objectContaining({ format, text })]);
});

it('says where a code is, in pixels of a picture larger than what is looked at', async () => {
  const qr = await barcode('qrcode', 'place', 8);
  const { image, box } = await placed(qr, 4000, 3200, 2900, 400);

  const [code] = await codesIn(image.png());

  expectNear(code!.box, box, 8);
});

it('says so in upright pixels of a picture that lies on its side', async () => {
  const { image, box } = await placed(await barcode('qrcode', 'upright'), 700, 500, 450, 40);
  const upright = sharp(await image.png().toBuffer());

  for (const orientation of [3, 6, 8]) {
    const [code] = await codesIn((await turned(upright, orientation)).jpeg({ quality: 95 }), 'image/jpeg');
    expect(code!.text).toBe('upright');
    expectNear(code!.box, box, 3);
  }
});

it('finds several in one picture, turned and inverted ones too', async () => {
  const background = { create: { width: 900, height: 700, channels: 3 as const, background: '#fff' } };
  const image = sharp(background).composite([
    { input: await barcode('qrcode', 'first'), left: 20, top: 20 },
    {
      input: await sharp(await barcode('ean13', '4006381333931', 3))
        .rotate(90)
        .toBuffer(),
      left: 500,
      top: 50,
    },
    {
      input: await sharp(await barcode('qrcode', 'inverted'))
        .flatten()
        .negate()
        .toBuffer(),
      left: 60,
      top: 450,
    },
  ]);

  const texts = (await codesIn(image.png())).map(({ text }) => text);

  expect(texts.sort()).toEqual(['4006381333931', 'first', 'inverted']);
});

it('reads black on transparent', async () => {
  const mask = await sharp(await barcode('qrcode', 'glass'))
    .flatten()
    .greyscale()
    .negate()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const black = sharp({
    create: { width: mask.info.width, height: mask.info.height, channels: 3, background: '#000' },
  });
  const image = black.joinChannel(mask.data, { raw: { ...mask.info, channels: 1 } });

  expect((await codesIn(image.png())).map(({ text }) => text)).toEqual(['glass']);
});

it('finds none in a landscape', async () => {
  expect(await codesIn(landscape(800, 600).jpeg(), 'image/jpeg')).toEqual([]);
});
