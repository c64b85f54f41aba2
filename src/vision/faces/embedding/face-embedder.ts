import { network, type Network } from '../../network.js';
import type { Point, Raster } from '../../../media/pixels/raster.js';
import type { FaceCrop } from '../face-crop.js';
import type { FivePoints } from '../face-landmarks.js';
import { inverse, similarityBetween } from './similarity.js';

interface Settings {
  readonly channels: 'bgr' | 'rgb';
  /** Levels are given as (level − mean) / deviation. */
  readonly mean: number;
  readonly deviation: number;
  /** Cosine from which two embeddings are taken for one person's. */
  readonly same_person: number;
}

/** Where the five points of a face belong in an image of 112 × 112 pixels (Deng et al., ArcFace, 2019). */
const INPUT_SIDE_PX = 112;
const TEMPLATE_POINTS_PX: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/** Turns a face into numbers by which people can be told apart. */
export class FaceEmbedder {
  private constructor(private readonly net: Network<Settings>) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string): Promise<FaceEmbedder> {
    return new FaceEmbedder(await network<Settings>(models, 'face-embedder'));
  }

  get samePerson(): number {
    return this.net.settings.same_person;
  }

  /** Numbers of length 1 in all, so that the dot product of two is their cosine. */
  async embed(crop: FaceCrop, points: FivePoints): Promise<Float32Array> {
    const outputs = await this.net.run(planes(aligned(crop, points), this.net.settings), [
      1,
      3,
      INPUT_SIDE_PX,
      INPUT_SIDE_PX,
    ]);
    const [numbers = new Float32Array()] = Object.values(outputs);
    const length = Math.hypot(...numbers);
    return numbers.map((value) => value / length);
  }
}

/** The face turned and scaled so that its points come as close to the template's as they can. */
export function aligned(crop: FaceCrop, points: FivePoints): Raster {
  const { a, b, dx, dy } = inverse(similarityBetween(points, TEMPLATE_POINTS_PX));
  return crop.draw(INPUT_SIDE_PX, { xx: a, xy: -b, x0: dx, yx: b, yy: a, y0: dy });
}

function planes({ data, width, height }: Raster, { channels, mean, deviation }: Settings): Float32Array {
  const plane = width * height;
  const input = new Float32Array(3 * plane);
  const [red, green, blue] = channels === 'bgr' ? [2, 1, 0] : [0, 1, 2];
  for (let to = 0, from = 0; to < plane; to++, from += 3) {
    input[to + red * plane] = ((data[from] ?? 0) - mean) / deviation;
    input[to + green * plane] = ((data[from + 1] ?? 0) - mean) / deviation;
    input[to + blue * plane] = ((data[from + 2] ?? 0) - mean) / deviation;
  }
  return input;
}
