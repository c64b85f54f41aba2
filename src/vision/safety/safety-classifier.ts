import { network, type Network } from '../network.js';
import type { Raster } from '../../media/pixels/raster.js';

export const SAFETY_CLASSIFIER = 'safety-classifier';

/** In the order of the model's output. */
const CLASSES = ['drawing', 'hentai', 'neutral', 'porn', 'sexy'] as const;

/** Likelihoods 0–1 that add up to 1. */
export type Safety = Readonly<Record<(typeof CLASSES)[number], number>>;

interface Settings {
  /** Pixels of the side of the square that is looked at. */
  readonly side: number;
  /** The last layer. */
  readonly output: string;
}

/**
 * Says how likely an image is a harmless drawing, a pornographic drawing, neither, pornographic or suggestive, by the
 * MobileNetV2 of nsfwjs (GantMan, 2019).
 */
export class SafetyClassifier {
  private constructor(private readonly net: Network<Settings>) {}

  /**
   * @param models folder of the models
   * @throws WorkFailure `model_unavailable`
   */
  static async load(models: string): Promise<SafetyClassifier> {
    return new SafetyClassifier(await network<Settings>(models, SAFETY_CLASSIFIER));
  }

  async classify(image: Raster): Promise<Safety> {
    const { side, output } = this.net.settings;
    const levels = Float32Array.from(await pressed(image, side), (level) => level / 255);
    const scores = (await this.net.run(levels, [1, side, side, 3]))[output] ?? [];
    const rounded = (score = 0) => Math.round(score * 1e6) / 1e6;
    return Object.fromEntries(CLASSES.map((name, index) => [name, rounded(scores[index])])) as Safety;
  }
}

/** RGB of the image in a square, whatever its proportions, by the nearest pixel: so the model was trained. */
async function pressed({ data, width, height, channels }: Raster, side: number): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels } })
    .flatten({ background: '#fff' })
    .resize({ width: side, height: side, fit: 'fill', kernel: 'nearest' })
    .raw()
    .toBuffer();
}
