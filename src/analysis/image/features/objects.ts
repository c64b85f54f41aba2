import { OBJECT_DETECTOR, ObjectDetector } from '../../../vision/objects/object-detector.js';
import { objectThreshold } from '../../object-threshold.js';
import { imageFeature } from '../image.feature.js';

/**
 * Things and people of the 80 classes of COCO as `{label, score, box}`, the surest first, at most 100: score 0–1, box
 * in pixels of the upright image. The whole image is looked at once, so that small things may be missed.
 */
export const objects = imageFeature({
  name: 'objects',
  description: 'People and things of 80 everyday classes, with their places',
  models: [OBJECT_DETECTOR],
  run: async (image, context) => {
    const detector = await ObjectDetector.load(context.models);
    const leastScore = Number(image.options[objectThreshold.name] ?? objectThreshold.default);
    const found = await detector.detect({ ...image.preview, channels: 4 }, leastScore);
    return found.map((object) => ({ ...object, box: image.originalBox(object.box, image.preview) }));
  },
});
