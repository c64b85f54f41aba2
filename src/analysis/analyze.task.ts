import type { FileType } from '../media/media-type/file-types.js';
import type { RunTask } from '../sandbox/sandbox-task.js';
import type { AnalysisContext, AnalysisTask } from './analyzer.js';
import { analyzers } from './analyzers.js';

/** What a sandbox process is given to analyze one file. */
export interface AnalyzeInput extends Pick<AnalysisContext, 'ffmpeg' | 'models'> {
  readonly fileType: FileType;
  readonly task: AnalysisTask;
}

export const run: RunTask<AnalyzeInput> = ({ fileType, task, ffmpeg, models }, context) =>
  analyzers[fileType].analyze(task, { ...context, ffmpeg, models });
