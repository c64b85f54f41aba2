import { Injectable } from '@nestjs/common';
import type { AnalysisOptions, FileType } from '../analyzer.js';
import { analyzers } from '../analyzers.js';
import { requestedFeatures, requestedOptions } from './requested-work.js';

export interface RequestedWork {
  /** In the analyzer's order. */
  readonly features: string[];
  /** With the analyzer's defaults filled in. */
  readonly options: AnalysisOptions;
}

/** What of an analyzer a form asks for. */
@Injectable()
export class RequestedWorkService {
  /**
   * @param fields `features`, comma-separated names, and `options`, a JSON object; what is left out is as usual.
   * @throws validation_failed
   */
  of(fileType: FileType, fields: { readonly features?: string; readonly options?: string }): RequestedWork {
    const analyzer = analyzers[fileType];
    return {
      features: requestedFeatures(analyzer, fields.features),
      options: requestedOptions(analyzer, fields.options),
    };
  }
}
