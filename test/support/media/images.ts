import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import bwipjs from 'bwip-js/node';
import sharp from 'sharp';
import type { Exif, Sharp } from 'sharp';

/** Colours by columns: so many pixels of each, side by side. */
export type Stripes = readonly (readonly [columns: number, hex: string])[];

/** Vertical stripes, whose shares are their widths. `#rrggbbaa` makes them transparent. */
export function stripes(columns: Stripes, height: number): Sharp {
  const row = columns.flatMap(([width, hex]) => Array<Buffer>(width).fill(rgba(hex)));
  const data = Buffer.concat(Array<Buffer>(height).fill(Buffer.concat(row)));
  const raw = sharp(data, { raw: { width: row.length, height, channels: 4 } });
  return columns.every(([, hex]) => hex.length === 7) ? raw.removeAlpha() : raw;
}

export const solid = (width: number, height: number, hex: string): Sharp => stripes([[width, hex]], height);

const rgba = (hex: string) => Buffer.from(hex.slice(1).padEnd(8, 'f'), 'hex');

/** An image as cameras make them: slow gradients, a few shapes, and noise from a seeded generator. */
export function landscape(width: number, height: number, seed = 1): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  const phase = seed * 1.7;
  let state = seed;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const noise = state >>> 28;
      const hill = y > height * (0.6 + 0.15 * Math.sin((7 * x) / width + phase)) ? 60 : 0;
      pixels[at++] = (120 * x) / width + noise + hill;
      pixels[at++] = (150 * y) / height + noise + hill / 2;
      pixels[at++] = 200 - (150 * y) / height + noise - hill;
    }
  const sun = 10 + ((65 + 31 * seed) % 80);
  const shapes = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 75">` +
      `<circle cx="${sun}" cy="15" r="8" fill="#fd6"/><path d="M${90 - sun} 70l18 -50l18 50Z" fill="#463"/></svg>`,
  );
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .composite([{ input: shapes }])
    .removeAlpha();
}

/** A one-frame-after-the-other animation, each frame of one colour. */
export function animation(width: number, height: number, colours: readonly string[]): Sharp {
  const frames = colours.map((hex) => ({ create: { width, height, channels: 3 as const, background: hex } }));
  return sharp(frames as never, { join: { animated: true } });
}

/** Where the EXIF standard puts the 0th row and the 0th column: what stored pixel (row, column) shows of the image. */
const STORED: readonly ((row: number, column: number, width: number, height: number) => [x: number, y: number])[] = [
  (row, column) => [column, row],
  (row, column, width) => [width - 1 - column, row],
  (row, column, width, height) => [width - 1 - column, height - 1 - row],
  (row, column, _width, height) => [column, height - 1 - row],
  (row, column) => [row, column],
  (row, column, width) => [width - 1 - row, column],
  (row, column, width, height) => [width - 1 - row, height - 1 - column],
  (row, column, _width, height) => [row, height - 1 - column],
];

/** The image stored the way that EXIF orientation 1–8 turns upright again, ready for any format. */
export async function turned(upright: Sharp, orientation: number): Promise<Sharp> {
  const { data, info } = await upright.clone().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const [rows, columns] = orientation > 4 ? [width, height] : [height, width];
  const stored = Buffer.alloc(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = STORED[orientation - 1]!(row, column, width, height);
      const from = (y * width + x) * channels;
      data.copy(stored, (row * columns + column) * channels, from, from + channels);
    }
  return sharp(stored, { raw: { width: columns, height: rows, channels } }).withMetadata({ orientation });
}

/** Tags by directory: IFD0 the image, IFD2 the camera, IFD3 the place. */
export const withExif = (picture: Sharp, exif: Exif): Sharp => picture.clone().withExif(exif);

/** A bar code (a bwip-js symbology such as `qrcode`, `ean13`) as PNG, with a quiet zone. */
export const barcode = (symbology: string, text: string, scale = 4): Promise<Buffer> =>
  bwipjs.toBuffer({ bcid: symbology, text, scale, padding: 8, backgroundcolor: 'FFFFFF' });

/** 320 × 160: `#c81e1e`, the right quarter `#1e1ec8`, and 40 × 20 white in the upper left corner. */
export const heic = (name: 'upright' | 'turned' = 'upright'): Buffer =>
  readFileSync(join(import.meta.dirname, 'files', `${name}.heic`));

/** A Windows bitmap; the colour of each pixel by its place, `#rrggbb`, or `#rrggbbaa` for 32 bits. */
export function bitmap(
  width: number,
  height: number,
  colour: (x: number, y: number) => string,
  { bits = 24, topDown = false }: { bits?: 24 | 32; topDown?: boolean } = {},
): Buffer {
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const header = bitmapHeader(width, topDown ? -height : height, bits, rowBytes * height);
  const pixels = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha] = rgba(colour(x, y));
      const at = (topDown ? y : height - 1 - y) * rowBytes + (x * bits) / 8;
      pixels.set([blue!, green!, red!, alpha!].slice(0, bits / 8), at);
    }
  return Buffer.concat([header, pixels]);
}

/** BITMAPINFOHEADER for 24 bits, BITMAPV4HEADER with an alpha mask for 32. */
export function bitmapHeader(width: number, height: number, bits: 24 | 32, bytes: number): Buffer {
  const size = bits === 24 ? 40 : 108;
  const header = Buffer.alloc(14 + size);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(header.length + bytes, 2);
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(size, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(bits === 24 ? 0 : 3, 30);
  header.writeUInt32LE(bytes, 34);
  // 11811 pixels a metre are 300 an inch.
  header.writeInt32LE(11811, 38);
  header.writeInt32LE(11811, 42);
  if (bits === 32)
    [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000].forEach((mask, index) =>
      header.writeUInt32LE(mask, 54 + 4 * index),
    );
  return header;
}
