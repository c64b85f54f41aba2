import type { Point } from '../../../media/pixels/raster.js';

/** Turns, scales evenly and moves: (x, y) → (a·x − b·y + dx, b·x + a·y + dy). */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly dx: number;
  readonly dy: number;
}

/** The similarity without reflection that brings points closest to others by least squares (Umeyama, 1991). */
export function similarityBetween(from: readonly Point[], to: readonly Point[]): Similarity {
  const [center, target] = [centroid(from), centroid(to)];
  let [along, across, spread] = [0, 0, 0];
  for (const [index, [px, py]] of from.entries()) {
    const [qx, qy] = to[index] ?? target;
    const [x, y, u, v] = [px - center[0], py - center[1], qx - target[0], qy - target[1]];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  const [a, b] = spread === 0 ? [1, 0] : [along / spread, across / spread];
  return { a, b, dx: target[0] - a * center[0] + b * center[1], dy: target[1] - b * center[0] - a * center[1] };
}

/** The way back. @throws RangeError for one that shrinks everything to a point */
export function inverse({ a, b, dx, dy }: Similarity): Similarity {
  const square = a * a + b * b;
  if (square === 0) throw new RangeError('A point cannot be enlarged to a picture');
  const [c, d] = [a / square, -b / square];
  return { a: c, b: d, dx: -(c * dx - d * dy), dy: -(d * dx + c * dy) };
}

export const moved = ([x, y]: Point, { a, b, dx, dy }: Similarity): Point => [a * x - b * y + dx, b * x + a * y + dy];

function centroid(points: readonly Point[]): Point {
  const sum = points.reduce<Point>(([x, y], [u, v]) => [x + u, y + v], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}
