import { laplacianVariance, levels, moments, shannonEntropy } from './statistics.js';
import type { Luma } from './pixels.js';

const luma = (width: number, ...data: number[]): Luma => ({
  data: Uint8Array.from(data),
  width,
  height: data.length / width,
});

it('finds mean and deviation', () => {
  // 2, 4, 4, 4, 5, 5, 7, 9: the textbook's example with mean 5 and standard deviation 2.
  expect(moments(levels(luma(4, 2, 4, 4, 4, 5, 5, 7, 9)))).toEqual({ mean: 5, deviation: 2 });
});

it('finds the entropy in bits', () => {
  expect(shannonEntropy(levels(luma(2, 9, 9, 9, 9)))).toBe(0);
  expect(shannonEntropy(levels(luma(2, 0, 255, 0, 255)))).toBe(1);
  // ¼ · 2 + ¼ · 2 + ½ · 1.
  expect(shannonEntropy(levels(luma(4, 1, 1, 2, 3)))).toBe(1.5);
  expect(shannonEntropy(new Uint32Array(256).fill(3))).toBe(8);
});

it('finds the variance of the Laplacian', () => {
  // 5 × 5 with 10 in the middle: −40 there, 10 at its four neighbours, 0 at the four corners of the inner square.
  const dot = luma(5, ...Array.from({ length: 25 }, (_, index) => (index === 12 ? 10 : 0)));
  expect(laplacianVariance(dot)).toBeCloseTo((40 ** 2 + 4 * 10 ** 2) / 9 - 0 ** 2, 10);
  // One pixel with four neighbours: a single value has no variance.
  expect(laplacianVariance(luma(3, 0, 0, 0, 0, 9, 0, 0, 0, 0))).toBe(0);
});

it('finds no edges in what is flat, slopes evenly or is too small', () => {
  expect(laplacianVariance(luma(4, ...Array<number>(16).fill(200)))).toBe(0);
  expect(laplacianVariance(luma(6, ...Array.from({ length: 36 }, (_, index) => 10 * (index % 6))))).toBe(0);
  expect(laplacianVariance(luma(2, 0, 255, 255, 0))).toBe(0);
});
