import { SAFETY_CLASSIFIER, SafetyClassifier } from '../../../vision/safety/safety-classifier.js';
import { imageFeature } from '../image.feature.js';

/** How likely an image is of each of five kinds; the numbers add up to 1. It is an opinion, to be looked at by people. */
export const safety = imageFeature({
  name: 'safety',
  description: 'Unsafe content: how likely drawing, hentai, neutral, porn and sexy are',
  default: false,
  models: [SAFETY_CLASSIFIER],
  run: async (image, context) => {
    const classifier = await SafetyClassifier.load(context.models);
    return classifier.classify({ ...image.preview, channels: 4 });
  },
});
