import { intersectionOverUnion } from '../overlap.js';
import type { Candidate } from './candidates.js';

/**
 * Greedy non-maximum suppression within each class: of candidates that overlap by more than `mostOverlap` (shared
 * area among all that either covers) the likeliest stays; at most `most` of all, the likeliest first.
 */
export function suppressPerClass(candidates: readonly Candidate[], maxOverlap: number, most: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...candidates].sort((one, other) => other.score - one.score)) {
    if (kept.length === most) break;
    const rivals = kept.filter(({ kind }) => kind === candidate.kind);
    if (rivals.every((rival) => intersectionOverUnion(rival.box, candidate.box) <= maxOverlap)) kept.push(candidate);
  }
  return kept;
}
