import { network, type Network } from '../network.js';
import type { FaceCrop } from './face-crop.js';
import { imagenetPlanes } from './imagenet-planes.js';

/** Degrees. */
export interface Pose {
  /** Positive: turned to the left of the image. */
  readonly yaw: number;
  /** Positive: looking up. */
  readonly pitch: number;
  /** Positive: tilted clockwise in the image. */
  readonly roll: number;
}

/** What the network calls its outputs. */
type Outputs = Readonly<Record<keyof Pose, string>>;

/** Pixels on a side of what the network looks at, and how much it wants around the face. */
const INPUT_SIDE_PX = 224;
const CROP_FACTOR = 1.2;

/** Each output is a distribution over bins of three degrees, the first of which begins at −99. */
const BIN_DEGREES = 3;
const FIRST_BIN_DEGREES = -99;

/** Estimates how a head is turned as the mean of three distributions (Hopenet; Ruiz et al., 2018). */
export class FacePose {
  private constructor(private readonly net: Network<Outputs>) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string): Promise<FacePose> {
    return new FacePose(await network<Outputs>(models, 'face-pose'));
  }

  async estimate(crop: FaceCrop): Promise<Pose> {
    const input = imagenetPlanes(crop.square(INPUT_SIDE_PX, CROP_FACTOR).pixels);
    const outputs = await this.net.run(input, [1, 3, INPUT_SIDE_PX, INPUT_SIDE_PX]);
    const angle = (name: keyof Outputs) => expectedAngle(outputs[this.net.settings[name]]);
    return { yaw: angle('yaw'), pitch: angle('pitch'), roll: angle('roll') };
  }
}

/** The mean angle of the softmax of what the network says about each bin. */
export function expectedAngle(bins: ArrayLike<number> = []): number {
  const values = Array.from(bins);
  const largest = Math.max(...values);
  let [weights, sum] = [0, 0];
  for (const [index, value] of values.entries()) {
    const weight = Math.exp(value - largest);
    weights += weight;
    sum += weight * index;
  }
  return (sum / weights) * BIN_DEGREES + FIRST_BIN_DEGREES;
}
