import { thinned } from './face-counts.js';

const counts = (faces: readonly number[]) => faces.map((count, index) => ({ time: index / 4, faces: count }));

it('shows each picture of a short film', () => {
  expect(thinned(counts([1, 0, 2]), 5)).toEqual(counts([1, 0, 2]));
  expect(thinned([], 5)).toEqual([]);
});

it('shows the most faces of several pictures of a long one', () => {
  const shown = thinned(counts([0, 1, 0, 0, 3, 0, 2]), 3);
  expect(shown).toEqual([
    { time: 0, faces: 1 },
    { time: 0.75, faces: 3 },
    { time: 1.5, faces: 2 },
  ]);
  expect(thinned(counts(Array<number>(100_001).fill(1)))).toHaveLength(1961);
});
