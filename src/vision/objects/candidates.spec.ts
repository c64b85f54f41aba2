import { candidatesOf, type Grid } from './candidates.js';
import { suppressPerClass } from './suppress-per-class.js';

/** A grid of 2 × 2 cells of 8 pixels for two classes; distances are one of 0–3 cells, each as sure as can be. */
function grid(cells: readonly { logits: readonly [number, number]; distances?: readonly number[] }[]): Grid {
  const values = cells.flatMap(({ logits, distances = [0, 0, 0, 0] }) => [
    ...logits,
    ...distances.flatMap((distance) => [0, 1, 2, 3].map((bin) => (bin === distance ? 100 : 0))),
  ]);
  return { values: Float32Array.from(values), stride: 8, side: 2, kinds: 2, bins: 4 };
}

const NOTHING = { logits: [-9, -9] } as const;

it('places a box around the middle of its cell', () => {
  const found = candidatesOf(grid([NOTHING, NOTHING, NOTHING, { logits: [-9, 0], distances: [1, 0, 2, 3] }]), 0.5);
  expect(found).toEqual([{ kind: 1, score: 0.5, box: { x: 4, y: 12, width: 24, height: 24 } }]);
});

it('takes the mean where the distance is unsure', () => {
  const even = grid([{ logits: [3, -9] }, NOTHING, NOTHING, NOTHING]);
  even.values.fill(0, 2, 18);
  expect(candidatesOf(even, 0.5)[0]?.box).toEqual({ x: -8, y: -8, width: 24, height: 24 });
});

it('leaves out what is less likely than is asked for', () => {
  const cells = grid([{ logits: [1, 2] }, { logits: [0.9, 0] }, NOTHING, NOTHING]);
  expect(candidatesOf(cells, 0.72).map(({ kind, score }) => [kind, score])).toEqual([[1, expect.closeTo(0.8808, 4)]]);
});

describe('suppress', () => {
  const candidate = (kind: number, score: number, x: number) => ({
    kind,
    score,
    box: { x, y: 0, width: 10, height: 10 },
  });

  it('keeps the likeliest of those that overlap, within a class', () => {
    // Moved by 2 of 10 pixels, boxes share 8 of 12 columns; by 4, 6 of 14.
    const candidates = [candidate(0, 0.5, 2), candidate(0, 0.9, 0), candidate(0, 0.6, 4), candidate(1, 0.4, 0)];
    expect(suppressPerClass(candidates, 0.5, 9)).toEqual([candidates[1], candidates[2], candidates[3]]);
  });

  it('keeps no more than it should', () => {
    expect(suppressPerClass([candidate(0, 0.5, 0), candidate(0, 0.6, 20), candidate(0, 0.7, 40)], 0.5, 2)).toHaveLength(
      2,
    );
  });
});
