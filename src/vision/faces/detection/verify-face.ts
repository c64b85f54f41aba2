import type { Box, Raster } from '../../../media/pixels/raster.js';
import { resize } from '../../../media/pixels/resize.js';
import type { Detection, FaceDetector } from './face-detector.js';
import { intersectionOverUnion } from '../../overlap.js';
import { VIEW } from './tiles.js';

/** Longer sides in pixels at which a candidate is verified. */
const VERIFICATION_SIDES_PX = [36, 110];

/** How much a second finding must overlap with the first to be the same face. */
const MIN_OVERLAP_SHARE = 0.3;

/**
 * Verifies a candidate by running the detector at two sizes that suit it. A face is found each time, skin and folds that look like
 * one at one size seldom are. The score becomes the mean of all detections, in which nothing found counts as 0; the box that
 * of the later ones.
 *
 * @returns null when it was no face
 */
export async function verifyFace(
  detector: FaceDetector,
  image: Raster,
  candidate: Detection,
): Promise<Detection | null> {
  const verified: Detection[] = [];
  let sum = candidate.score;
  for (const [index, size] of VERIFICATION_SIDES_PX.entries()) {
    const detected = await detectAtSize(detector, image, candidate.box, size);
    if (detected) verified.push(detected);
    sum += detected?.score ?? 0;
    const best = (sum + VERIFICATION_SIDES_PX.length - 1 - index) / (1 + VERIFICATION_SIDES_PX.length);
    if (best < detector.minFaceScore) return null;
  }
  return { box: meanBox(verified.map(({ box }) => box)), score: sum / (1 + VERIFICATION_SIDES_PX.length) };
}

async function detectAtSize(detector: FaceDetector, image: Raster, box: Box, size: number): Promise<Detection | null> {
  const scale = size / Math.max(box.width, box.height);
  const part = partAround(image, box, VIEW.width / scale, VIEW.height / scale);
  const view = await resize(image, { width: fit(part.width, VIEW.width), height: fit(part.height, VIEW.height) }, part);
  const found = (await detector.detectInView(view, 0, 0)).map((detection) => ({
    score: detection.score,
    box: {
      x: detection.box.x / scale + part.x,
      y: detection.box.y / scale + part.y,
      width: detection.box.width / scale,
      height: detection.box.height / scale,
    },
  }));
  return found
    .filter((other) => intersectionOverUnion(other.box, box) > MIN_OVERLAP_SHARE)
    .reduce<Detection | null>((best, other) => (best && best.score >= other.score ? best : other), null);

  function fit(length: number, most: number): number {
    return Math.max(1, Math.min(most, Math.round(length * scale)));
  }
}

/** Whole pixels of the image, as far as it goes. */
function partAround(image: Raster, box: Box, width: number, height: number): Box {
  const [left, top] = [box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2];
  const [x, y] = [Math.max(0, Math.round(left)), Math.max(0, Math.round(top))];
  return {
    x,
    y,
    width: Math.max(1, Math.min(image.width, Math.round(left + width)) - x),
    height: Math.max(1, Math.min(image.height, Math.round(top + height)) - y),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const meanBox = (boxes: readonly Box[]): Box => ({
  x: mean(boxes.map(({ x }) => x)),
  y: mean(boxes.map(({ y }) => y)),
  width: mean(boxes.map(({ width }) => width)),
  height: mean(boxes.map(({ height }) => height)),
});
