import type { Pixels } from './pixels.js';

/** Where the first pixel of the upright image comes from, and the way through the stored one along its rows and columns. */
type Walk = (width: number, height: number) => { start: number; right: number; down: number };

const WALKS: Readonly<Record<number, Walk>> = {
  2: (width) => ({ start: width - 1, right: -1, down: width }),
  3: (width, height) => ({ start: width * height - 1, right: -1, down: -width }),
  4: (width, height) => ({ start: width * (height - 1), right: 1, down: -width }),
  5: (width) => ({ start: 0, right: width, down: 1 }),
  6: (width, height) => ({ start: width * (height - 1), right: -width, down: 1 }),
  7: (width, height) => ({ start: width * height - 1, right: -width, down: -1 }),
  8: (width) => ({ start: width - 1, right: width, down: -1 }),
};

/** From 5 on, rows are stored as columns. */
export const liesOnItsSide = (orientation: number) => orientation >= 5 && orientation <= 8;

/**
 * Turns stored pixels the way the EXIF orientation (1–8) says. It works on the small view, since turning the file's
 * own pixels would need all of them in memory at once.
 */
export function turnUpright(stored: Pixels, orientation: number): Pixels {
  const walk = WALKS[orientation];
  if (!walk) return stored;
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, stored.width * stored.height);
  const [width, height] = liesOnItsSide(orientation) ? [stored.height, stored.width] : [stored.width, stored.height];
  const { start, right, down } = walk(stored.width, stored.height);
  const to = new Uint32Array(width * height);
  for (let y = 0, index = 0; y < height; y++)
    for (let x = 0, at = start + y * down; x < width; x++, at += right) to[index++] = from[at] ?? 0;
  return { data: new Uint8Array(to.buffer), width, height };
}
