import { join } from 'node:path';
import { AnalysisFailure } from '../analysis.failures.js';
import type { AnalysisContext, Artifact } from '../analyzer.js';
import { analyzers } from '../analyzers.js';
import type { ProcessMessage, TaskMessage } from './messages.js';
import { resultsJson } from './results-json.js';

/** The main file of an analyzer process: takes a task, says how it goes, takes the next. */

const say = (message: ProcessMessage) => process.send?.(message);

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

async function work({ fileType, task, workDirectory, ffmpeg, models, timeout }: TaskMessage): Promise<void> {
  const artifacts: Artifact[] = [];
  const context: AnalysisContext = {
    workDirectory,
    ffmpeg,
    models,
    deadline: Date.now() + timeout,
    progress: (percent, message) => say({ kind: 'progress', percent, message }),
    artifact: (name, mediaType) => {
      artifacts.push({ name, mediaType });
      return join(workDirectory, name);
    },
    report: (error) => say({ kind: 'report', error: describe(error) }),
  };
  try {
    const results = await analyzers[fileType].analyze(task, context);
    say({ kind: 'done', results: resultsJson(results), artifacts });
  } catch (error) {
    if (!(error instanceof AnalysisFailure)) throw error;
    say({ kind: 'failed', code: error.code, message: error.message });
  }
}

/** What nobody foresaw ends the process: the worker counts a crash and a fresh process takes the next task. */
function crash(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`, () => process.exit(70));
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
// The worker has gone: whatever is being done, ffmpeg included, has nobody left to do it for.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (message: TaskMessage) => void work(message).catch(crash));
say({ kind: 'ready' });
