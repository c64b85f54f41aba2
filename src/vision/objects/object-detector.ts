import { network, type Network } from '../network.js';
import type { Box, Raster } from '../../media/pixels/raster.js';
import { type Candidate, candidatesOf } from './candidates.js';
import { type CocoLabel, cocoLabels } from './coco-labels.js';
import { type Letterbox, letterbox } from './letterbox.js';
import { suppressPerClass } from './suppress-per-class.js';

export const OBJECT_DETECTOR = 'object-detector';

/** Objects of one image. */
const MAX_OBJECTS = 100;

interface Settings {
  /** Pixels of the side of the square that is looked at. */
  readonly side: number;
  /** Of levels 0–255: blue, green, red. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /** Pixels of the side of a cell, by the node of the graph that speaks of such cells. */
  readonly grids: Readonly<Record<string, number>>;
  /** Numbers for the distance of one edge. */
  readonly bins: number;
  readonly most_overlap: number;
}

/** An object as results show it. */
export interface DetectedObject {
  readonly label: CocoLabel;
  /** How sure the detector is, 0–1. */
  readonly score: number;
  /** Within the image. */
  readonly box: Box;
}

/** Finds objects of the 80 classes of COCO with NanoDet (RangiLyu, 2020), which looks at the whole image once. */
export class ObjectDetector {
  private constructor(private readonly net: Network<Settings>) {}

  /**
   * @param models folder of the models
   * @throws WorkFailure `model_unavailable`
   */
  static async load(models: string): Promise<ObjectDetector> {
    return new ObjectDetector(await network<Settings>(models, OBJECT_DETECTOR));
  }

  /** The surest first, at most 100. */
  async detect(image: Raster, leastScore: number): Promise<DetectedObject[]> {
    const { side, most_overlap: mostOverlap } = this.net.settings;
    const square = await letterbox(image, side);
    const candidates = await this.runNetwork(square, leastScore);
    return suppressPerClass(candidates, mostOverlap, MAX_OBJECTS).flatMap((found) => objectOf(found, square, image));
  }

  private async runNetwork({ pixels }: Letterbox, leastScore: number): Promise<Candidate[]> {
    const { side, grids, bins } = this.net.settings;
    const outputs = await this.net.run(planes(pixels, this.net.settings), [1, 3, side, side]);
    return Object.entries(grids).flatMap(([output, stride]) => {
      const values = outputs[output] ?? new Float32Array();
      return candidatesOf({ values, stride, side: side / stride, kinds: cocoLabels.length, bins }, leastScore);
    });
  }
}

/** One plane a colour, blue first. */
function planes(pixels: Uint8Array, { side, mean, deviation }: Settings): Float32Array {
  const area = side * side;
  const values = new Float32Array(3 * area);
  for (const plane of [0, 1, 2] as const)
    for (let index = 0, from = 2 - plane; index < area; index++, from += 3)
      values[plane * area + index] = ((pixels[from] ?? 0) - mean[plane]) / deviation[plane];
  return values;
}

/** Nothing, when all of it lies on the margin. */
function objectOf(found: Candidate, { scale, left, top }: Letterbox, { width, height }: Raster): DetectedObject[] {
  const { x, y, width: across, height: along } = found.box;
  const within = (edge: number, end: number) => Math.max(0, Math.min(end, edge / scale));
  const [from, to] = [within(x - left, width), within(x + across - left, width)];
  const [upper, lower] = [within(y - top, height), within(y + along - top, height)];
  const label = cocoLabels[found.kind];
  if (label === undefined || to <= from || lower <= upper) return [];
  const box = { x: from, y: upper, width: to - from, height: lower - upper };
  return [{ label, score: Math.round(found.score * 10_000) / 10_000, box }];
}
