import { shrink } from './shrink.js';

const row = (...levels: number[]) => ({ data: Uint8Array.from(levels), width: levels.length, height: 1 });

it('cuts pixels in exact parts', () => {
  // 3 pixels in 2 cells: the middle one goes half to each.
  expect([...shrink(row(0, 90, 240), 2, 1).data]).toEqual([(0 + 45) / 1.5, (240 + 45) / 1.5]);
  expect([...shrink(row(10, 20, 30, 40), 2, 1).data]).toEqual([15, 35]);
});

it('does so in both directions', () => {
  const square = { data: Uint8Array.from([0, 100, 200, 60, 0, 0, 0, 0, 40]), width: 3, height: 3 };
  expect([...shrink(square, 1, 1).data]).toEqual([Math.round(400 / 9)]);
  expect(shrink(square, 3, 1)).toEqual({ data: Uint8Array.from([20, 33, 80]), width: 3, height: 1 });
});

it('repeats pixels in a finer grid', () => {
  expect([...shrink(row(7, 9), 4, 2).data]).toEqual([7, 7, 9, 9, 7, 7, 9, 9]);
});
