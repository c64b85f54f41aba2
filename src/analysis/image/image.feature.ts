import type { AnalysisContext, Feature } from '../analyzer.js';
import type { DecodedImage } from './decoded-image.js';

export type ImageInput = DecodedImage;
export type ImageFeature = Feature<ImageInput>;

/** A feature of images, on by default unless it says otherwise. `run` may return at once or later. */
export function imageFeature(feature: {
  name: string;
  description: string;
  default?: boolean;
  models?: readonly string[];
  run(image: ImageInput, context: AnalysisContext): unknown;
}): ImageFeature {
  return {
    default: true,
    ...feature,
    run: async (image, context) => await feature.run(image, context),
  };
}
