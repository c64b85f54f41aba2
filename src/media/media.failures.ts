import { WorkFailure } from '../platform/work-failure.js';

export const imageUnreadable = () => new WorkFailure('image_unreadable', 'The image is damaged or incomplete.');

export const imageTooLarge = (megapixels: number) =>
  new WorkFailure('image_too_large', `The image has more than ${megapixels} megapixels.`);

export const imageTooManyFrames = (frames: number) =>
  new WorkFailure('image_too_large', `The image has more than ${frames} frames.`);
