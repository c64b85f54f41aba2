import type { Raster } from '../../../media/pixels/raster.js';
import { resize } from '../../../media/pixels/resize.js';
import type { Detection, FaceDetector } from './face-detector.js';
import { verifyFace } from './verify-face.js';
import { levelsOf } from './tiles.js';

/** Candidates that are verified at most: texture may bring any number. */
const MAX_CANDIDATES = 300;

/**
 * Detects faces of every size that score more than `least`, in pixels of the image: the detector runs on views of
 * several copies.
 */
export async function detectAtAllScales(detector: FaceDetector, image: Raster, least: number): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const { scale, width, height, tallest, tiles } of levelsOf(image.width, image.height)) {
    const level = await resize(image, { width, height });
    for (const detection of await detector.detectInViews(level, tiles, least))
      if (detection.box.height <= tallest) found.push(enlarged(detection, 1 / scale));
  }
  return found;
}

/** Returns the candidates that are faces, the surest first: each is verified at sizes that suit the detector. */
export async function verifyFaces(
  detector: FaceDetector,
  image: Raster,
  candidates: readonly Detection[],
  most = MAX_CANDIDATES,
): Promise<Detection[]> {
  const confirmed: Detection[] = [];
  for (const candidate of detector.withoutDuplicates(candidates).slice(0, most)) {
    const face = await verifyFace(detector, image, candidate);
    if (face) confirmed.push(face);
  }
  return detector.withoutDuplicates(confirmed);
}

const enlarged = ({ box, score }: Detection, factor: number): Detection => ({
  box: { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor },
  score,
});
