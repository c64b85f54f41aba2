/** Buckets a doubling: a bucket is 19 % wide, so a percentile is right within a tenth. */
const PER_DOUBLING = 4;
const BUCKETS = 80;

/**
 * How long exchanges took, in buckets that grow by a fixed ratio from 1 ms to 15 min. Histograms of several workers are
 * merged by adding their counts.
 */
export const bucketOf = (milliseconds: number): number =>
  Math.min(BUCKETS - 1, Math.ceil(Math.log2(Math.max(1, milliseconds)) * PER_DOUBLING));

/** Seconds below which the given share of the counted exchanges took; null when there were none. */
export function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= share * total) return middleOf(bucket);
  }
  return null;
}

/** Seconds in the middle of a bucket, by ratio. */
const middleOf = (bucket: number): number => Math.round(2 ** ((bucket - 0.5) / PER_DOUBLING) * 10) / 10_000;
