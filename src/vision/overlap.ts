import type { Box } from '../media/pixels/raster.js';

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
