import { runFeatures } from '../analyzer.js';
import { imageOptions } from './image.options.js';
import { MEDIA_TYPES, openImage } from '../../media/formats/open.js';
import { imageFeatures } from './image.features.js';
import { DecodedImage } from './decoded-image.js';
import type { Analyzer } from '../analyzer.js';

/**
 * Images. Of an animation the first frame is analyzed. Boxes and sizes are in pixels of the upright image;
 * transparent parts lie on white, except for colours, which do not count them.
 */
export const imageAnalyzer: Analyzer = {
  fileType: 'image',
  mediaTypes: MEDIA_TYPES,
  features: imageFeatures,
  options: imageOptions,

  async analyze({ path, mediaType, features, options }, context) {
    const image = await DecodedImage.of(await openImage(path, mediaType, context), options);
    return runFeatures(imageFeatures, features, image, context);
  },
};
