import { area, intersection, intersectionOverUnion } from '../../overlap.js';
import type { Box } from '../../../media/pixels/raster.js';

/** Of a box that lies in another almost wholly, one is a part of what the other shows. */
const MAX_CONTAINED_SHARE = 0.7;

/**
 * Whether two boxes show the same: they overlap by more than `most`, or one lies in the other, since parts of a large
 * face look like small ones.
 */
export function isSame(one: Box, other: Box, most: number): boolean {
  return (
    intersectionOverUnion(one, other) > most ||
    intersection(one, other) > MAX_CONTAINED_SHARE * Math.min(area(one), area(other))
  );
}

/** Greedy non-maximum suppression: of boxes that show the same the best remains, the best first. */
export function suppressDuplicates<Found extends { readonly box: Box; readonly score: number }>(
  found: readonly Found[],
  most: number,
): Found[] {
  const kept: Found[] = [];
  for (const candidate of [...found].sort((one, other) => other.score - one.score))
    if (!kept.some(({ box }) => isSame(box, candidate.box, most))) kept.push(candidate);
  return kept;
}
