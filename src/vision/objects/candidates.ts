import type { Box } from '../../media/pixels/raster.js';

/** Something that may be an object. */
export interface Candidate {
  /** Number of its class. */
  readonly kind: number;
  /** 0–1. */
  readonly score: number;
  /** In pixels of the square that was looked at. */
  readonly box: Box;
}

/** What the detector says of every cell of one grid: first the classes, then the four edges. */
export interface Grid {
  readonly values: Float32Array;
  /** Pixels of the side of a cell. */
  readonly stride: number;
  /** Cells along a side. */
  readonly side: number;
  readonly kinds: number;
  /** Numbers for the distance of one edge. */
  readonly bins: number;
}

/** The likeliest object around the middle of each cell, where it is likely enough. */
export function candidatesOf(grid: Grid, leastScore: number): Candidate[] {
  const found: Candidate[] = [];
  const length = grid.kinds + 4 * grid.bins;
  for (let cell = 0; cell < grid.side ** 2; cell++) {
    const values = grid.values.subarray(cell * length, (cell + 1) * length);
    const kind = indexOfLargest(values.subarray(0, grid.kinds));
    const score = 1 / (1 + Math.exp(-(values[kind] ?? 0)));
    if (score >= leastScore) found.push({ kind, score, box: boxOf(grid, cell, values.subarray(grid.kinds)) });
  }
  return found;
}

/** The edges lie so far from the middle of the cell, in this order: left, top, right, bottom. */
function boxOf({ side, stride, bins }: Grid, cell: number, values: Float32Array): Box {
  const [left, top] = [((cell % side) + 0.5) * stride, (Math.floor(cell / side) + 0.5) * stride];
  const distance = (edge: number) => stride * expectation(values.subarray(edge * bins, (edge + 1) * bins));
  const [x, y] = [left - distance(0), top - distance(1)];
  return { x, y, width: left + distance(2) - x, height: top + distance(3) - y };
}

/** The mean of the distribution over 0, 1, 2 … whose logits these are (Generalized Focal Loss, Li et al., 2020). */
function expectation(logits: Float32Array): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let [sum, weighted] = [0, 0];
  for (const [value, logit] of logits.entries()) {
    const share = Math.exp(logit - largest);
    sum += share;
    weighted += share * value;
  }
  return weighted / sum;
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}
