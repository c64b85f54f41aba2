import { intersection, intersectionOverUnion } from '../../overlap.js';
import { suppressDuplicates } from './suppress-duplicates.js';

const box = (x: number, y: number, width = 10, height = 10) => ({ x, y, width, height });

it('measures what two boxes share', () => {
  expect(intersection(box(0, 0), box(5, 5))).toBe(25);
  expect(intersectionOverUnion(box(0, 0), box(5, 5))).toBeCloseTo(25 / 175, 12);
  expect(intersectionOverUnion(box(0, 0), box(0, 0))).toBe(1);
  expect(intersectionOverUnion(box(0, 0), box(10, 0))).toBe(0);
  expect(intersectionOverUnion(box(0, 0), box(30, 30))).toBe(0);
  expect(intersectionOverUnion(box(0, 0, 0, 0), box(0, 0, 0, 0))).toBe(0);
});

describe('suppress', () => {
  it('keeps the best of those that overlap, the best first', () => {
    const found = [
      { box: box(1, 1), score: 0.7 },
      { box: box(0, 0), score: 0.9 },
      { box: box(100, 0), score: 0.95 },
    ];
    expect(suppressDuplicates(found, 0.4)).toEqual([found[2], found[1]]);
  });

  it('keeps neighbours that overlap a little', () => {
    const found = [
      { box: box(0, 0), score: 0.9 },
      { box: box(6, 0), score: 0.8 },
    ];
    expect(suppressDuplicates(found, 0.4)).toEqual(found);
  });

  it('takes a box in another for a part of it', () => {
    const found = [
      { box: box(0, 0, 100, 100), score: 0.9 },
      { box: box(40, 40), score: 0.8 },
    ];
    expect(suppressDuplicates(found, 0.4)).toEqual([found[0]]);
  });
});
