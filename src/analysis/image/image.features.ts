import { codes } from './features/codes.js';
import { colors } from './features/colors.js';
import { exif } from './features/exif.js';
import { faces } from './features/faces.js';
import { hash } from './features/hash.js';
import { image } from './features/image.js';
import { objects } from './features/objects.js';
import { quality } from './features/quality.js';
import { safety } from './features/safety.js';
import { text } from './features/text.js';
import { thumbnail } from './features/thumbnail.js';
import type { ImageFeature } from './image.feature.js';

/** What there is to find in an image, in the order in which it is looked for: the quick before the slow. */
export const imageFeatures: readonly ImageFeature[] = [
  image,
  exif,
  colors,
  quality,
  hash,
  thumbnail,
  faces,
  codes,
  safety,
  objects,
  text,
];
