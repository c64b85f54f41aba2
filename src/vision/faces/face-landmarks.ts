import { network, type Network } from '../network.js';
import type { Point, Raster } from '../../media/pixels/raster.js';
import type { FaceCrop } from './face-crop.js';

/** The eyes, the tip of the nose and the corners of the mouth, each pair from the left of the image. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** Pixels on a side of what the network looks at, and how much it wants around the face. */
const INPUT_SIDE_PX = 64;
const CROP_FACTOR = 1.1;

/** Which of the 68 points of iBUG 300-W are averaged. The first of an eye's corners are left out. */
const AVERAGED_POINTS = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]] as const;

/** Finds 68 points of a face and gives the five that faces are aligned by. */
export class FaceLandmarks {
  private constructor(private readonly net: Network<object>) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string): Promise<FaceLandmarks> {
    return new FaceLandmarks(await network(models, 'face-landmarks'));
  }

  /** In pixels of the image. */
  async find(crop: FaceCrop): Promise<FivePoints> {
    const { pixels, toImage } = crop.square(INPUT_SIDE_PX, CROP_FACTOR);
    const { output } = await this.net.run(greys(pixels), [1, 1, INPUT_SIDE_PX, INPUT_SIDE_PX]);
    if (output?.length !== 136) throw new Error('The face landmarks have other outputs than they should');
    return fivePoints(output).map(([x, y]) => toImage([x * INPUT_SIDE_PX, y * INPUT_SIDE_PX])) as unknown as FivePoints;
  }
}

/** Grey levels by ITU-R BT.601, from 0 to just below 1. */
function greys({ data }: Raster): Float32Array {
  const input = new Float32Array(data.length / 3);
  for (let to = 0, from = 0; to < input.length; to++, from += 3)
    input[to] = (0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0)) / 256;
  return input;
}

/** @param points 68 pairs of x and y */
export function fivePoints(points: ArrayLike<number>): FivePoints {
  const means = AVERAGED_POINTS.map((indexes): Point => {
    const mean = (offset: 0 | 1) =>
      indexes.reduce((sum, index) => sum + (points[2 * index + offset] ?? 0), 0) / indexes.length;
    return [mean(0), mean(1)];
  });
  return means as unknown as FivePoints;
}
