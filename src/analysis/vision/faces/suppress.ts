import { area, intersection, intersectionOverUnion } from '../overlap.js';
import type { Box } from '../raster.js';

/** Of a box that lies in another almost wholly, one is a part of what the other shows. */
const MOST_CONTAINED = 0.7;

/**
 * Greedy non-maximum suppression: of boxes that overlap by more than `most` the best remains, the best first. Boxes
 * that lie in each other count as overlapping too, since parts of a large face look like small ones.
 */
export function suppress<Found extends { readonly box: Box; readonly score: number }>(
  found: readonly Found[],
  most: number,
): Found[] {
  const kept: Found[] = [];
  const same = (one: Box, other: Box) =>
    intersectionOverUnion(one, other) > most ||
    intersection(one, other) > MOST_CONTAINED * Math.min(area(one), area(other));
  for (const candidate of [...found].sort((one, other) => other.score - one.score))
    if (!kept.some(({ box }) => same(box, candidate.box))) kept.push(candidate);
  return kept;
}
