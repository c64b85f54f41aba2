import type { Detection, FaceDetector } from '../../../vision/faces/detection/face-detector.js';
import { levelsOf, VIEW } from '../../../vision/faces/detection/tiles.js';
import { intersectionOverUnion } from '../../../vision/overlap.js';
import type { Box } from '../../../media/pixels/raster.js';
import type { Frame } from './frames.js';

/** Scores from which a detection may go on with a track. */
const MIN_SCORE = 0.4;

/** Pixels of the frame: a face as high is found in the small copy of it. */
const MAX_SMALL_FACE_PX = 90;

export const isSmall = ({ height }: Box): boolean => height < MAX_SMALL_FACE_PX;

/** Views around known small faces that are searched by themselves; of more, the whole frame is searched. */
const MAX_SEPARATE_VIEWS = 6;

/** A face in the small copy that overlaps so much with an expected one is that one, and needs no closer look. */
const MIN_SAME_FACE_OVERLAP = 0.3;

/** Faces in the small copy of a frame of a video, in pixels of the frame. */
export async function prescanFrame(detector: FaceDetector, { size, small }: Frame): Promise<Detection[]> {
  const scale = size.width / small.width;
  return (await detector.prescan(small, MIN_SCORE)).map(({ box, score }) => ({
    box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
    score,
  }));
}

/**
 * Faces in a frame of a video, in its pixels: those seen in its small copy, and small ones where they are expected and
 * were not seen in it for certain, or everywhere.
 */
export async function detectInFrame(
  detector: FaceDetector,
  frame: Frame,
  prescanned: readonly Detection[],
  expected: readonly Box[],
  everywhere: boolean,
): Promise<Detection[]> {
  const { size, small } = frame;
  if (size.width === small.width) return detector.withoutDuplicates(prescanned);
  const sure = prescanned.filter(({ score }) => score >= detector.minCandidateScore);
  const isMissed = (box: Box) => !sure.some((face) => intersectionOverUnion(face.box, box) > MIN_SAME_FACE_OVERLAP);
  const places = viewsAround(
    expected.filter((box) => isSmall(box) && isMissed(box)),
    size,
  );
  const views = everywhere || places.length > MAX_SEPARATE_VIEWS ? allViews(size) : places;
  if (views.length === 0) return detector.withoutDuplicates(prescanned);
  const closer = await detector.detectInViews(frame.image, views, MIN_SCORE);
  return detector.withoutDuplicates([...prescanned, ...closer.filter(({ box }) => isSmall(box))]);
}

/** Upper left corner of what the detector looks at. */
interface View {
  readonly x: number;
  readonly y: number;
}

/** The frame is three views wide or high at most, so that its second level is itself. */
const allViews = ({ width, height }: { readonly width: number; readonly height: number }): readonly View[] =>
  levelsOf(width, height).at(-1)?.tiles ?? [];

/** Views with an expected face in the middle of each, but one for those that stand together. */
function viewsAround(
  expected: readonly Box[],
  { width, height }: { readonly width: number; readonly height: number },
): View[] {
  const places: View[] = [];
  for (const box of expected) {
    const isInView = ({ x, y }: View) =>
      box.x - box.width > x &&
      box.y - box.height > y &&
      box.x + 2 * box.width < x + VIEW.width &&
      box.y + 2 * box.height < y + VIEW.height;
    if (places.some(isInView)) continue;
    const [x, y] = [box.x + box.width / 2 - VIEW.width / 2, box.y + box.height / 2 - VIEW.height / 2];
    places.push({ x: clamp(Math.round(x), width - VIEW.width), y: clamp(Math.round(y), height - VIEW.height) });
  }
  return places;
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(end, value));
