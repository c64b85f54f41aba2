import { bucketOf, percentile } from './latency-histogram.js';

const histogram = (milliseconds: number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const each of milliseconds) counts.set(bucketOf(each), (counts.get(bucketOf(each)) ?? 0) + 1);
  return counts;
};

const oneToThousand = Array.from({ length: 1000 }, (_, index) => index + 1);

it.each([
  [0.5, 0.5],
  [0.95, 0.95],
  [0.01, 0.01],
])('finds the percentile %d within a tenth', (share, seconds) => {
  const found = percentile(histogram(oneToThousand), share)!;
  expect(Math.abs(found - seconds) / seconds).toBeLessThan(0.1);
});

it('has none of nothing', () => {
  expect(percentile(new Map(), 0.5)).toBeNull();
});

it('has a bucket for whatever a clock may say', () => {
  expect([0, -1, 0.001, 1e12].map(bucketOf)).toEqual([0, 0, 0, 79]);
});
