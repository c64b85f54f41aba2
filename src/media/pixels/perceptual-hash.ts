import { shrink } from './shrink.js';
import type { Luma } from './pixels.js';

/**
 * dHash (N. Krawetz, "Kind of Like That", 2013): the image as 9 × 8 grey cells; a bit is 1 where a cell is darker
 * than its right neighbour. Row by row from the top left, the first bit being the highest: 16 hexadecimal digits.
 */
export function differenceHash(luma: Luma): string {
  const { data, width } = shrink(luma, 9, 8);
  return hexadecimal(GRID.map(([row, column]) => at(data, row * width + column) < at(data, row * width + column + 1)));
}

/**
 * pHash (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010; phash.org): the
 * image as 32 × 32 grey cells, their type II discrete cosine transform, of it the 8 × 8 coefficients from row and
 * column 1 to 8 (without row and column 0, the mean and the lighting); a bit is 1 where a coefficient is above their
 * median. Area means stand in for phash.org's blur before it picks pixels. Row by row, the first bit being the highest.
 */
export function perceptualHash(luma: Luma): string {
  const { data } = shrink(luma, GRID_SIDE, GRID_SIDE);
  const coefficients = lowFrequencies(data);
  const middle = median(coefficients);
  return hexadecimal(coefficients.map((coefficient) => coefficient > middle));
}

const GRID_SIDE = 32;

/** Row and column of each of the 64 bits. */
const GRID = Array.from({ length: 64 }, (_, index) => [index >> 3, index & 7] as const);

/** COSINES[k − 1][n] = cos(π k (2n + 1) / 64) for the frequencies k = 1 … 8. */
const COSINES = Array.from({ length: 8 }, (_, k) =>
  Array.from({ length: GRID_SIDE }, (_unused, n) => Math.cos((Math.PI * (k + 1) * (2 * n + 1)) / (2 * GRID_SIDE))),
);

function lowFrequencies(data: Uint8Array): number[] {
  const rows = Array.from({ length: GRID_SIDE }, (_, y) =>
    COSINES.map((wave) => dot(wave, (x) => at(data, y * GRID_SIDE + x))),
  );
  return GRID.map(([row, column]) => {
    const coefficient = dot(COSINES[row] ?? [], (y) => rows[y]?.[column] ?? 0);
    // An even image has no frequencies: what floating point leaves of them must not become bits.
    return Math.round(coefficient * 1000) / 1000;
  });
}

function dot(wave: readonly number[], value: (index: number) => number): number {
  let sum = 0;
  wave.forEach((factor, index) => (sum += factor * value(index)));
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
}

const at = (data: Uint8Array, index: number) => data[index] ?? 0;

function hexadecimal(bits: readonly boolean[]): string {
  const value = bits.reduce((number, bit) => (number << 1n) | (bit ? 1n : 0n), 0n);
  return value.toString(16).padStart(16, '0');
}
