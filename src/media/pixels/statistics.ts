import type { Luma } from './pixels.js';

/** How many pixels have each of the 256 grey levels. */
export function levels({ data }: Luma): Uint32Array {
  const counts = new Uint32Array(256);
  for (const level of data) counts[level] = (counts[level] ?? 0) + 1;
  return counts;
}

/** Mean and standard deviation of a histogram over the levels 0, 1, 2 … */
export function moments(counts: Uint32Array): { mean: number; deviation: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, level) => sum + count * level, 0) / total;
  const variance = counts.reduce((sum, count, level) => sum + count * (level - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Shannon's entropy (1948) of a histogram in bits a pixel: 0 for one level, 8 for 256 levels alike. */
export function shannonEntropy(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0);
}

/**
 * Variance of the Laplacian (kernel 0 1 0 / 1 −4 1 / 0 1 0) over all pixels that have four neighbours; 0 where no
 * pixel has.
 */
export function laplacianVariance({ data, width, height }: Luma): number {
  const count = (width - 2) * (height - 2);
  if (width < 3 || height < 3) return 0;
  let [sum, squares] = [0, 0];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const neighbours = (data[at - 1] ?? 0) + (data[at + 1] ?? 0) + (data[at - width] ?? 0) + (data[at + width] ?? 0);
      const response = neighbours - 4 * (data[at] ?? 0);
      sum += response;
      squares += response * response;
    }
  return squares / count - (sum / count) ** 2;
}
