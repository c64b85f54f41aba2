import type { Box } from '../raster.js';

export const area = ({ width, height }: Box): number => width * height;

/** Pixels that two boxes share. */
export function intersection(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** Shared pixels among all that either box covers, 0–1. */
export function intersectionOverUnion(one: Box, other: Box): number {
  const shared = intersection(one, other);
  return shared === 0 ? 0 : shared / (area(one) + area(other) - shared);
}

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
