import type { FivePoints } from './face-landmarks.js';

/** How much a face looks at the camera, 0–1: the tip of the nose lies halfway between the eyes, or beside them. */
export function frontality([left, right, nose]: FivePoints): number {
  const [x, y] = [right[0] - left[0], right[1] - left[1]];
  const square = x * x + y * y;
  if (square === 0) return 0;
  const along = ((nose[0] - left[0]) * x + (nose[1] - left[1]) * y) / square;
  return Math.max(0, 1 - 2 * Math.abs(along - 0.5));
}
