import type { Raster } from '../../../media/pixels/raster.js';
import { resize } from '../../../media/pixels/resize.js';
import type { Detection, FaceDetector } from './face-detector.js';
import { verifyFace } from './verify-face.js';
import { levelsOf } from './tiles.js';

/** Candidates that are looked at again at most: texture may bring any number. */
const MAX_CANDIDATES = 300;

/**
 * Whatever in a picture scores more than `least`, faces of every size, in its pixels: the detector is led over views of
 * several copies.
 */
export async function detectAtAllScales(detector: FaceDetector, picture: Raster, least: number): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const { scale, width, height, tallest, tiles } of levelsOf(picture.width, picture.height)) {
    const level = await resize(picture, { width, height });
    for (const detection of await detector.detectInViews(level, tiles, least))
      if (detection.box.height <= tallest) found.push(enlarged(detection, 1 / scale));
  }
  return found;
}

/** Those candidates that are faces, the surest first: each is looked at again at sizes that suit the detector. */
export async function verifyFaces(
  detector: FaceDetector,
  picture: Raster,
  candidates: readonly Detection[],
  most = MAX_CANDIDATES,
): Promise<Detection[]> {
  const confirmed: Detection[] = [];
  for (const candidate of detector.withoutDuplicates(candidates).slice(0, most)) {
    const face = await verifyFace(detector, picture, candidate);
    if (face) confirmed.push(face);
  }
  return detector.withoutDuplicates(confirmed);
}

const enlarged = ({ box, score }: Detection, factor: number): Detection => ({
  box: { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor },
  score,
});
