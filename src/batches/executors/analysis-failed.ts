import type { ErrorClass } from '../batches.entity.js';

/** A picture was fetched and cannot be analyzed; the message is for the person whose row it is. */
export class AnalysisFailed extends Error {
  constructor(
    readonly errorClass: Extract<ErrorClass, 'analysis_failed' | 'not_an_image'>,
    message: string,
  ) {
    super(message);
    this.name = 'AnalysisFailed';
  }
}
