import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { landscape } from '../../../test/support/media/images.js';
import { differenceHash, perceptualHash } from './perceptual-hash.js';
import { lumaOf } from './pixels.js';
import type { Luma } from './pixels.js';

const grey = (width: number, height: number, level: (x: number, y: number) => number): Luma => ({
  data: Uint8Array.from({ length: width * height }, (_, index) => level(index % width, Math.floor(index / width))),
  width,
  height,
});

async function lumaOfPicture(picture: Sharp): Promise<Luma> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return lumaOf({ data, width: info.width, height: info.height });
}

const bitsApart = (one: string, other: string) =>
  (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2).replaceAll('0', '').length;

describe('dHash', () => {
  it.each([
    ['brighter to the right', (x: number) => 20 * x, 'ffffffffffffffff'],
    ['darker to the right', (x: number) => 200 - 20 * x, '0000000000000000'],
    ['even', () => 77, '0000000000000000'],
    // 9 cells 0 1 0 1 …: darker than the right neighbour at the even ones, 10101010.
    ['stripes', (x: number) => (x % 2) * 200, 'aaaaaaaaaaaaaaaa'],
    ['brighter in the upper half only', (x: number, y: number) => (y < 4 ? 20 * x : 50), 'ffffffff00000000'],
    ['one dark cell in the upper left corner', (x: number, y: number) => (x + y === 0 ? 0 : 99), '8000000000000000'],
    [
      'one bright cell in the lower right corner',
      (x: number, y: number) => (x === 8 && y === 7 ? 99 : 0),
      '0000000000000001',
    ],
  ])('of 9 × 8 cells %s', (_, level, expected) => {
    expect(differenceHash(grey(9, 8, level))).toBe(expected);
    // Every cell as 7 × 5 pixels: their mean is the cell again.
    const large = grey(63, 40, (x, y) => level(Math.floor(x / 7), Math.floor(y / 5)));
    expect(differenceHash(large)).toBe(expected);
  });
});

/** The textbook sum, four loops deep, straight from the definition of the type II transform. */
function textbookPhash({ data }: Luma): string {
  const coefficients: number[] = [];
  for (let v = 1; v <= 8; v++)
    for (let u = 1; u <= 8; u++) {
      let sum = 0;
      for (let y = 0; y < 32; y++)
        for (let x = 0; x < 32; x++)
          sum +=
            data[y * 32 + x]! * Math.cos(((x + 0.5) * u * Math.PI) / 32) * Math.cos(((y + 0.5) * v * Math.PI) / 32);
      coefficients.push(sum);
    }
  const sorted = [...coefficients].sort((one, other) => one - other);
  const median = (sorted[31]! + sorted[32]!) / 2;
  const bits = coefficients.map((coefficient) => (coefficient > median ? '1' : '0')).join('');
  return bits
    .match(/.{4}/g)!
    .map((nibble) => parseInt(nibble, 2).toString(16))
    .join('');
}

describe('pHash', () => {
  it.each([1, 2, 3, 4])('agrees with the textbook on picture %i', async (seed) => {
    const luma = await lumaOfPicture(landscape(32, 32, seed));

    expect(perceptualHash(luma)).toBe(textbookPhash(luma));
  });

  it('has one bit for a picture of one frequency', () => {
    // Frequency 3 across and 2 down: row 2, column 3 of the 8 × 8, which is bit 8·1 + 2 = 10 from the top.
    const wave = grey(
      32,
      32,
      (x, y) => 128 + 120 * Math.cos(((x + 0.5) * 3 * Math.PI) / 32) * Math.cos(((y + 0.5) * 2 * Math.PI) / 32),
    );
    const value = BigInt(`0x${perceptualHash(wave)}`);

    expect((value >> (63n - 10n)) & 1n).toBe(1n);
    const inverted = { ...wave, data: wave.data.map((level) => 255 - level) };
    expect((BigInt(`0x${perceptualHash(inverted)}`) >> (63n - 10n)) & 1n).toBe(0n);
  });

  it('is zero for an even picture', () => {
    for (const level of [0, 1, 127, 255]) expect(perceptualHash(grey(100, 70, () => level))).toBe('0000000000000000');
  });
});

describe('what looks alike', () => {
  const original = landscape(900, 675, 1);

  it.each([
    ['half as large', (picture: Sharp) => picture.resize(450)],
    ['a sixth as large', (picture: Sharp) => picture.resize(150)],
    ['squeezed', (picture: Sharp) => picture.resize(400, 600, { fit: 'fill' })],
    ['as a poor JPEG', (picture: Sharp) => picture.jpeg({ quality: 15 })],
    ['as WebP', (picture: Sharp) => picture.webp({ quality: 40 })],
    ['brighter', (picture: Sharp) => picture.linear(1.1, 8)],
    ['blurred', (picture: Sharp) => picture.blur(3)],
    ['grey', (picture: Sharp) => picture.greyscale().toColourspace('srgb')],
  ])('stays close when %s', async (_, change) => {
    const png = await original.clone().png().toBuffer();
    const luma = await lumaOfPicture(sharp(png));
    const changed = await lumaOfPicture(sharp(await change(sharp(png)).toBuffer()));

    expect(bitsApart(perceptualHash(luma), perceptualHash(changed))).toBeLessThanOrEqual(6);
    expect(bitsApart(differenceHash(luma), differenceHash(changed))).toBeLessThanOrEqual(6);
  });

  it('is far from other pictures', async () => {
    const luma = await lumaOfPicture(original.clone());
    const upsideDown = await lumaOfPicture(sharp(await original.clone().png().toBuffer()).rotate(180));
    const checkers = grey(300, 300, (x, y) => ((Math.floor(x / 50) + Math.floor(y / 50)) % 2) * 255);

    for (const other of [upsideDown, checkers]) {
      expect(bitsApart(perceptualHash(luma), perceptualHash(other))).toBeGreaterThanOrEqual(18);
      expect(bitsApart(differenceHash(luma), differenceHash(other))).toBeGreaterThanOrEqual(14);
    }
  });
});
