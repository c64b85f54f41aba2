import type { Raster } from '../raster.js';
import { resize } from '../resize.js';
import type { Detection, FaceDetector } from './face-detector.js';
import { lookAgain } from './look-again.js';
import { levelsOf } from './tiles.js';

/** Candidates that are looked at again at most: texture may bring any number. */
const MOST_CANDIDATES = 300;

/**
 * Faces of every size in a picture, the surest first, in its pixels: candidates from views of several copies, each of
 * which is then looked at again at sizes that suit the detector.
 */
export async function findFaces(detector: FaceDetector, picture: Raster): Promise<Detection[]> {
  const candidates: Detection[] = [];
  for (const { scale, width, height, tallest, tiles } of levelsOf(picture.width, picture.height)) {
    const level = await resize(picture, { width, height });
    for (const detection of await detector.lookAll(level, tiles))
      if (detection.box.height <= tallest) candidates.push(enlarged(detection, 1 / scale));
  }
  const confirmed: Detection[] = [];
  for (const candidate of detector.unite(candidates).slice(0, MOST_CANDIDATES)) {
    const face = await lookAgain(detector, picture, candidate);
    if (face) confirmed.push(face);
  }
  return detector.unite(confirmed);
}

const enlarged = ({ box, score }: Detection, factor: number): Detection => ({
  box: { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor },
  score,
});
