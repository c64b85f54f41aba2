import type { Box, Raster } from '../../../media/pixels/raster.js';
import { boxInCopy, type Size } from '../../../media/pixels/scaled-box.js';
import type { Detection, FaceDetector } from './face-detector.js';
import { verifyFaces, detectAtAllScales } from './detect-faces.js';
import { VIEW } from './tiles.js';

/** Pixels of the image: faces that are taller need no larger copy. */
const MAX_SMALL_FACE_PX = 36;

/** Hints that are considered and views of the larger copy at most, the surest hints first: texture may bring any number. */
const MAX_HINTS = 5000;
const MAX_VIEWS = 300;

/** Faces of an image at most: to describe one takes a thirtieth of a second. */
const MAX_FACES = 400;

/** Faces in pixels of the copy in which they are seen best. */
export interface DetectionsInCopy {
  readonly copy: Raster;
  readonly faces: readonly Detection[];
}

/**
 * Faces of an image of which there is a larger copy. Where a face has 8 to 24 pixels, one cannot be sure, but there is a
 * hint: a score that means nothing by itself. The larger copy is fetched only when there are hints, and looked at only
 * around them, so that skies and walls cost nothing, and the worst of textures a second or two for `MOST_VIEWS`.
 */
export async function refineFaces(
  detector: FaceDetector,
  image: Raster,
  larger: () => Promise<Raster>,
): Promise<DetectionsInCopy> {
  const seen = await detectAtAllScales(detector, image, detector.minHintScore);
  const sure = seen.filter(({ score }) => score > detector.minCandidateScore);
  const faces = await verifyFaces(detector, image, sure);
  const hints = detector.withoutKnown(hintsAmong(detector, seen), faces);
  if (hints.length === 0) return { copy: image, faces };

  const copy = await larger();
  const known = faces.map((face) => inCopy(face, image, copy));
  const views = viewsAround(
    hints.map(({ box }) => boxInCopy(box, image, copy)),
    copy,
  );
  const tallest = (MAX_SMALL_FACE_PX * copy.height) / image.height;
  const candidates = (await detector.detectInViews(copy, views)).filter(({ box }) => box.height <= tallest);
  const more = await verifyFaces(detector, copy, detector.withoutKnown(candidates, known), MAX_FACES - known.length);
  return { copy, faces: detector.withoutDuplicates([...known, ...more]) };
}

function hintsAmong(detector: FaceDetector, seen: readonly Detection[]): Detection[] {
  const small = seen.filter(({ box }) => box.height < MAX_SMALL_FACE_PX).sort((one, other) => other.score - one.score);
  return detector.withoutDuplicates(small.slice(0, MAX_HINTS));
}

const inCopy = ({ box, score }: Detection, from: Size, to: Size): Detection => ({
  box: boxInCopy(box, from, to),
  score,
});

/** Views in whose middle a box lies; none for boxes that lie well within a view before. */
function viewsAround(boxes: readonly Box[], copy: Size) {
  const views: { readonly x: number; readonly y: number }[] = [];
  for (const box of boxes) {
    if (views.length === MAX_VIEWS) break;
    if (views.some((view) => isWellWithin(box, view))) continue;
    views.push({
      x: start(box.x + box.width / 2, VIEW.width, copy.width),
      y: start(box.y + box.height / 2, VIEW.height, copy.height),
    });
  }
  return views;
}

const start = (middle: number, window: number, length: number) =>
  Math.round(Math.max(0, Math.min(length - window, middle - window / 2)));

/** The box of a hint may be off by half of it. */
function isWellWithin({ x, y, width, height }: Box, view: { readonly x: number; readonly y: number }): boolean {
  return (
    x - width / 2 >= view.x &&
    y - height / 2 >= view.y &&
    x + 1.5 * width <= view.x + VIEW.width &&
    y + 1.5 * height <= view.y + VIEW.height
  );
}
