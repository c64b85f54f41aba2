import type { Luma } from './pixels.js';

/** How much of each of the pixels from `first` on falls into a cell; the weights add up to 1. */
interface Share {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The mean grey level of each cell of a grid laid over the image, cells cutting pixels in exact parts; a grid finer
 * than the image repeats its pixels.
 */
export function shrink(luma: Luma, columns: number, rows: number): Luma {
  const narrow = across(luma.data, luma.width, luma.height, shares(luma.width, columns));
  const data = new Uint8Array(columns * rows);
  for (const [row, { first, weights }] of shares(luma.height, rows).entries())
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let index = 0; index < weights.length; index++)
        sum += (weights[index] ?? 0) * (narrow[(first + index) * columns + column] ?? 0);
      data[row * columns + column] = Math.round(sum);
    }
  return { data, width: columns, height: rows };
}

/** Every row of the image in as many cells as there are shares. */
function across(data: Uint8Array, width: number, height: number, cells: readonly Share[]): Float64Array {
  const narrow = new Float64Array(cells.length * height);
  for (let y = 0, at = 0; y < height; y++)
    for (const { first, weights } of cells) {
      let sum = 0;
      for (let index = 0, from = y * width + first; index < weights.length; index++)
        sum += (weights[index] ?? 0) * (data[from + index] ?? 0);
      narrow[at++] = sum;
    }
  return narrow;
}

function shares(length: number, cells: number): Share[] {
  const size = length / cells;
  return Array.from({ length: cells }, (_, cell) => {
    const [start, end] = [cell * size, (cell + 1) * size];
    const first = Math.floor(start);
    const weights = Array.from({ length: Math.min(length, Math.ceil(end)) - first }, (_unused, index) => {
      const overlap = Math.min(end, first + index + 1) - Math.max(start, first + index);
      return overlap / size;
    });
    return { first, weights };
  });
}
