import type { Box } from '../raster.js';
import type { Candidate } from './candidates.js';

/**
 * Greedy non-maximum suppression within each class: of candidates that overlap by more than `mostOverlap` (shared
 * area among all that either covers) the likeliest stays; at most `most` of all, the likeliest first.
 */
export function suppress(candidates: readonly Candidate[], mostOverlap: number, most: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...candidates].sort((one, other) => other.score - one.score)) {
    if (kept.length === most) break;
    const rivals = kept.filter(({ kind }) => kind === candidate.kind);
    if (rivals.every((rival) => overlap(rival.box, candidate.box) <= mostOverlap)) kept.push(candidate);
  }
  return kept;
}

function overlap(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared === 0 ? 0 : shared / (one.width * one.height + other.width * other.height - shared);
}
