import type { AnalysisContext, Feature } from '../analyzer.js';
import type { Picture } from './picture.js';

export type ImageInput = Picture;
export type ImageFeature = Feature<ImageInput>;

/** A feature of images, on unless the caller names others. `run` may answer at once or later. */
export function imageFeature(feature: {
  name: string;
  description: string;
  run(picture: ImageInput, context: AnalysisContext): unknown;
}): ImageFeature {
  return {
    name: feature.name,
    description: feature.description,
    default: true,
    run: async (picture, context) => await feature.run(picture, context),
  };
}
