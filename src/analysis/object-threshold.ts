import type { OptionDescription } from './analyzer.js';

/** An option of every file type in which objects are found. */
export const objectThreshold = {
  name: 'object_threshold',
  description: 'How sure the detector must be of an object',
  type: 'number',
  default: 0.4,
  minimum: 0.05,
  maximum: 0.95,
} as const satisfies OptionDescription;
