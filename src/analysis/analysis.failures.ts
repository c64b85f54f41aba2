import { WorkFailure } from '../platform/work-failure.js';

export const documentUnreadable = () =>
  new WorkFailure('document_unreadable', 'The document is damaged or incomplete.');

export const documentEncrypted = () =>
  new WorkFailure('document_encrypted', 'The document is protected by a password.');

export const archiveTooLarge = (megabytes: number) =>
  new WorkFailure('archive_too_large', `The document unpacks to more than ${megabytes} MB.`);

export const videoUnreadable = () => new WorkFailure('video_unreadable', 'The video is damaged or incomplete.');

export const videoWithoutFrames = () =>
  new WorkFailure('video_without_frames', 'The file holds no picture that could be decoded.');

export const videoTooLarge = (megapixels: number) =>
  new WorkFailure('video_too_large', `The pictures of the video have more than ${megapixels} megapixels.`);

export const featureFailed = (feature: string) =>
  new WorkFailure('feature_failed', `The feature ${feature} could not be computed for this file.`);

export const analysisTimedOut = (seconds: number) =>
  new WorkFailure('analysis_timed_out', `The analysis took longer than ${seconds} s.`);

/** Attempts of one run that may take their process with them; then the file is poison. */
export const MAX_CRASHES = 3;

export const analyzerCrashed = () =>
  new WorkFailure('analyzer_crashed', 'The file brought its analyzer down three times and is not tried again.');

export const diskExhausted = () =>
  new WorkFailure('storage_full', 'The analysis needs more disk space than the server has.');
