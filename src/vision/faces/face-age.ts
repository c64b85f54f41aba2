import type { Outputs } from '../inference.js';
import { network, type Network } from '../network.js';
import type { FaceCrop } from './face-crop.js';
import { imagenetPlanes } from './imagenet-planes.js';

/** Pixels on a side of what the network looks at, and how much it wants around the face. */
const INPUT_SIDE_PX = 64;
const CROP_FACTOR = 1.4;

/** Years that the three stages divide: 0 to 101. */
const AGE_RANGE_YEARS = 101;
const BINS_PER_STAGE = 3;

/** Estimates an age by soft stagewise regression (SSR-Net; Yang et al., 2018). */
export class FaceAge {
  private constructor(private readonly net: Network<object>) {}

  /** @throws WorkFailure `model_unavailable` */
  static async load(models: string): Promise<FaceAge> {
    return new FaceAge(await network(models, 'face-age'));
  }

  /** Years. */
  async estimate(crop: FaceCrop): Promise<number> {
    return stagewiseAge(
      await this.net.run(imagenetPlanes(crop.square(INPUT_SIDE_PX, CROP_FACTOR).pixels), [
        1,
        3,
        INPUT_SIDE_PX,
        INPUT_SIDE_PX,
      ]),
    );
  }
}

/** Each stage refines the bins of the one before it by a third, whose width and places the network shifts. */
export function stagewiseAge(outputs: Outputs): number {
  let [share, width] = [0, 1];
  for (const stage of [1, 2, 3]) {
    const shares = outputs[`prob_stage_${stage}`] ?? [];
    const offsets = outputs[`index_offset_stage${stage}`] ?? [];
    const stretch = outputs[`stage${stage}_delta_k`]?.[0] ?? 0;
    width /= BINS_PER_STAGE * (1 + stretch);
    for (let bin = 0; bin < BINS_PER_STAGE; bin++) share += (bin + (offsets[bin] ?? 0)) * (shares[bin] ?? 0) * width;
  }
  return share * AGE_RANGE_YEARS;
}
