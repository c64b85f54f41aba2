import type { Point } from '../../../media/pixels/raster.js';
import { inverse, moved, similarityBetween } from './similarity.js';

const points: Point[] = [
  [10, 20],
  [50, 18],
  [30, 45],
  [15, 70],
  [47, 72],
];

/** By sine and cosine, as one would do it on paper. */
const by = (degrees: number, scale: number, dx: number, dy: number) => {
  const angle = (degrees * Math.PI) / 180;
  return ([x, y]: Point): Point => [
    scale * (Math.cos(angle) * x - Math.sin(angle) * y) + dx,
    scale * (Math.sin(angle) * x + Math.cos(angle) * y) + dy,
  ];
};

it.each([
  [0, 1, 0, 0],
  [30, 2, 5, -7],
  [-90, 0.5, 100, 3],
  [180, 1.3, -4, 80],
])('finds the turn by %i° and the scale %d that brought points to others', (degrees, scale, dx, dy) => {
  const found = similarityBetween(points, points.map(by(degrees, scale, dx, dy)));
  const angle = (degrees * Math.PI) / 180;
  expect(found.a).toBeCloseTo(scale * Math.cos(angle), 9);
  expect(found.b).toBeCloseTo(scale * Math.sin(angle), 9);
  expect(found.dx).toBeCloseTo(dx, 9);
  expect(found.dy).toBeCloseTo(dy, 9);
});

it('comes as close as can be where no similarity fits', () => {
  const target = points.map(by(12, 1.5, 3, 4)).map(([x, y], index): Point => [x + (index % 2), y - (index % 3)]);
  const error = (similarity: ReturnType<typeof similarityBetween>) =>
    points.reduce((sum, point, index) => {
      const [x, y] = moved(point, similarity);
      return sum + (x - target[index]![0]) ** 2 + (y - target[index]![1]) ** 2;
    }, 0);
  const best = similarityBetween(points, target);
  for (const part of ['a', 'b', 'dx', 'dy'] as const)
    for (const change of [-0.01, 0.01])
      expect(error({ ...best, [part]: best[part] + change })).toBeGreaterThan(error(best));
});

it('never turns a face inside out', () => {
  const mirrored = points.map(([x, y]): Point => [-x, y]);
  const { a, b } = similarityBetween(points, mirrored);
  // Its determinant is a² + b², whatever the points are.
  expect(a * a + b * b).toBeGreaterThan(0);
});

it('finds the way back', () => {
  const there = similarityBetween(points, points.map(by(33, 1.7, -20, 11)));
  for (const point of points) {
    const [x, y] = moved(moved(point, there), inverse(there));
    expect(x).toBeCloseTo(point[0], 9);
    expect(y).toBeCloseTo(point[1], 9);
  }
});

it('takes points that lie on each other', () => {
  const same = Array<Point>(5).fill([3, 4]);
  expect(similarityBetween(same, points)).toMatchObject({ a: 1, b: 0 });
  expect(() => inverse({ a: 0, b: 0, dx: 1, dy: 1 })).toThrow(RangeError);
});
