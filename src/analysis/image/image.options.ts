import type { OptionDescription } from '../analyzer.js';
import { objectThreshold } from '../object-threshold.js';

/** What callers may set for images. */
export const imageOptions: readonly OptionDescription[] = [
  {
    name: 'embeddings',
    description: 'Whether each face comes with 512 numbers by which people can be told apart',
    type: 'boolean',
    default: false,
  },
  {
    name: 'rotations',
    description: 'Whether a picture without faces is looked at again turned by 90°, 180° and 270°',
    type: 'boolean',
    default: false,
  },
  objectThreshold,
];
