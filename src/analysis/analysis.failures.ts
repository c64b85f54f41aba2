/**
 * Why an analysis, or one feature of it, could not be done: a stable code and a sentence for the person who sent the
 * file. Never carries a path, a command line or a library's own message.
 */
export class AnalysisFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'AnalysisFailure';
  }
}

export const imageUnreadable = () => new AnalysisFailure('image_unreadable', 'The image is damaged or incomplete.');

export const imageTooLarge = (megapixels: number) =>
  new AnalysisFailure('image_too_large', `The image has more than ${megapixels} megapixels.`);

export const imageTooManyFrames = (frames: number) =>
  new AnalysisFailure('image_too_large', `The image has more than ${frames} frames.`);

export const documentUnreadable = () =>
  new AnalysisFailure('document_unreadable', 'The document is damaged or incomplete.');

export const documentEncrypted = () =>
  new AnalysisFailure('document_encrypted', 'The document is protected by a password.');

export const archiveTooLarge = (megabytes: number) =>
  new AnalysisFailure('archive_too_large', `The document unpacks to more than ${megabytes} MB.`);

export const videoUnreadable = () => new AnalysisFailure('video_unreadable', 'The video is damaged or incomplete.');

export const videoWithoutFrames = () =>
  new AnalysisFailure('video_without_frames', 'The file holds no picture that could be decoded.');

export const videoTooLarge = (megapixels: number) =>
  new AnalysisFailure('video_too_large', `The pictures of the video have more than ${megapixels} megapixels.`);

export const modelUnavailable = (model: string) =>
  new AnalysisFailure('model_unavailable', `The model ${model} is not installed; npm run setup fetches it.`);

export const featureFailed = (feature: string) =>
  new AnalysisFailure('feature_failed', `The feature ${feature} could not be computed for this file.`);

export const analysisTimedOut = (seconds: number) =>
  new AnalysisFailure('analysis_timed_out', `The analysis took longer than ${seconds} s.`);

export const analyzerCrashed = () =>
  new AnalysisFailure('analyzer_crashed', 'The file brought its analyzer down three times and is not tried again.');

export const diskExhausted = () =>
  new AnalysisFailure('storage_full', 'The analysis needs more disk space than the server has.');
