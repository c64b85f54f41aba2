import type { Environment } from '../platform/config/environment.js';
import type { TaskMessage } from '../sandbox/messages.js';
import type { AnalyzeInput } from './analyze.task.js';

/** The task of analyzing a file, as a sandbox process takes it. The analyzers are loaded in that process alone. */
export function analyzeTaskMessage(
  environment: Environment,
  { fileType, task }: Pick<AnalyzeInput, 'fileType' | 'task'>,
  run: Pick<TaskMessage, 'workDirectory' | 'timeout'>,
): TaskMessage {
  const input: AnalyzeInput = { fileType, task, ffmpeg: environment.ffmpeg, models: environment.modelsDirectory };
  return { module: new URL('./analyze.task.js', import.meta.url).href, input, ...run };
}
