import type { Outputs } from '../../inference.js';
import { network, type Network } from '../../network.js';
import type { Drawing } from '../../../media/pixels/drawing.js';
import type { Box, Raster } from '../../../media/pixels/raster.js';
import { isSame, suppressDuplicates } from './suppress-duplicates.js';
import { VIEW } from './tiles.js';

/** A face that was found. */
export interface Detection {
  readonly box: Box;
  /** How sure the detector is, 0–1. */
  readonly score: number;
}

interface Settings {
  /** What is worth a closer look where there is a larger copy, what is worth a second look, what is a face after it. */
  readonly least_hint: number;
  readonly least_candidate: number;
  readonly least_score: number;
  readonly most_overlap: number;
}

/** What the network was trained with: (level − mean) / deviation, RGB, plane by plane. */
const MEAN_LEVEL = 127;
const LEVEL_DEVIATION = 128;
const BLACK = -MEAN_LEVEL / LEVEL_DEVIATION;

const SHAPE = [1, 3, VIEW.height, VIEW.width];

/** Pixels: what touches the border of a view which the image goes beyond is seen whole in the next view. */
const BORDER_PX = 2;

/**
 * Finds faces by a single-shot detector (Ultra-Light-Fast-Generic-Face-Detector-1MB, RFB-320; Linzaer, 2019), which
 * looks at 320 × 240 pixels at once.
 */
export class FaceDetector {
  private constructor(private readonly net: Network<Settings>) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string): Promise<FaceDetector> {
    return new FaceDetector(await network<Settings>(models, 'face-detector'));
  }

  /** Faces in an image that is no larger than a view. */
  async prescan(image: Drawing, least = this.minCandidateScore): Promise<Detection[]> {
    const input = this.input(image.width, image.height);
    image.draw({ ...VIEW, levels: input, mean: MEAN_LEVEL, deviation: LEVEL_DEVIATION });
    return candidates(await this.net.run(input, SHAPE), least);
  }

  /** Faces in one view of an image, in pixels of the image; beyond its end the view is black. */
  async detectInView(image: Raster, left: number, top: number, least = this.minCandidateScore): Promise<Detection[]> {
    const input = this.input(image.width - left, image.height - top);
    planes(image, left, top, input);
    const outputs = await this.net.run(input, SHAPE);
    return candidates(outputs, least)
      .filter(({ box }) => isWhole(box, image, left, top))
      .map(({ box, score }) => ({ box: { ...box, x: box.x + left, y: box.y + top }, score }));
  }

  /** Memory for a view, black where an image of that size does not reach. */
  private input(width: number, height: number): Float32Array {
    const plane = VIEW.width * VIEW.height;
    const input = this.net.input(3 * plane);
    // Most views are full.
    if (width < VIEW.width) input.fill(BLACK);
    else
      for (let at = 0; at < input.length; at += plane)
        input.fill(BLACK, at + Math.min(VIEW.height, height) * VIEW.width, at + plane);
    return input;
  }

  /** Faces in several views, the next of which is prepared while the network looks at the one before it. */
  async detectInViews(
    image: Raster,
    views: readonly { readonly x: number; readonly y: number }[],
    least = this.minCandidateScore,
  ): Promise<Detection[]> {
    const found: Detection[] = [];
    let detecting: Promise<Detection[]> = Promise.resolve([]);
    for (const { x, y } of views) {
      const next = this.detectInView(image, x, y, least);
      // What goes wrong is told where it is waited for, which it may never be.
      next.catch(() => undefined);
      found.push(...(await detecting));
      detecting = next;
    }
    return [...found, ...(await detecting)];
  }

  get minHintScore(): number {
    return this.net.settings.least_hint;
  }

  get minCandidateScore(): number {
    return this.net.settings.least_candidate;
  }

  get minFaceScore(): number {
    return this.net.settings.least_score;
  }

  /** One detection a face. */
  withoutDuplicates(found: readonly Detection[]): Detection[] {
    return suppressDuplicates(found, this.net.settings.most_overlap);
  }

  /** Those that show none of the faces that are known. */
  withoutKnown(found: readonly Detection[], known: readonly Detection[]): Detection[] {
    const most = this.net.settings.most_overlap;
    return found.filter(({ box }) => !known.some((face) => isSame(face.box, box, most)));
  }
}

/** Writes the view as the network takes it. */
function planes({ data, width, height, channels }: Raster, left: number, top: number, input: Float32Array): void {
  const plane = VIEW.width * VIEW.height;
  const [right, bottom] = [Math.min(VIEW.width, width - left), Math.min(VIEW.height, height - top)];
  for (let y = 0; y < bottom; y++) {
    let from = ((y + top) * width + left) * channels;
    for (let to = y * VIEW.width, end = to + right; to < end; to++, from += channels) {
      input[to] = ((data[from] ?? 0) - MEAN_LEVEL) / LEVEL_DEVIATION;
      input[to + plane] = ((data[from + 1] ?? 0) - MEAN_LEVEL) / LEVEL_DEVIATION;
      input[to + 2 * plane] = ((data[from + 2] ?? 0) - MEAN_LEVEL) / LEVEL_DEVIATION;
    }
  }
}

/** The network decodes its boxes itself: corners as shares of the view. Each score stands behind that of no face. */
function candidates({ scores, boxes }: Outputs, least: number): Detection[] {
  const found: Detection[] = [];
  if (!scores || !boxes) throw new Error('The face detector has other outputs than it should');
  for (let index = 0; 2 * index < scores.length; index++) {
    const score = scores[2 * index + 1] ?? 0;
    if (score <= least) continue;
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(4 * index, 4 * index + 4);
    const [x, y] = [x0 * VIEW.width, y0 * VIEW.height];
    found.push({ box: { x, y, width: x1 * VIEW.width - x, height: y1 * VIEW.height - y }, score });
  }
  return found;
}

function isWhole({ x, y, width, height }: Box, image: Raster, left: number, top: number): boolean {
  const cut = {
    left: left > 0 && x < BORDER_PX,
    top: top > 0 && y < BORDER_PX,
    right: left + VIEW.width < image.width && x + width > VIEW.width - BORDER_PX,
    bottom: top + VIEW.height < image.height && y + height > VIEW.height - BORDER_PX,
  };
  return !Object.values(cut).includes(true);
}
