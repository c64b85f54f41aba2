import { imageFeature } from '../image.feature.js';

/** Size of the upright image in pixels, format, colour space, channels, transparency, density and frames. */
export const image = imageFeature({
  name: 'image',
  description: 'Size, format, colour space, orientation, density and frames',
  run: ({ facts }) => facts,
});
