import { join } from 'node:path';
import { diskFailureBehind } from '../platform/disk/disk-failure.js';
import { WorkFailure } from '../platform/work-failure.js';
import type { Artifact, ProcessMessage, TaskMessage } from './messages.js';
import { resultJson } from './result-json.js';
import type { RunTask, SandboxContext } from './sandbox-task.js';

/** The main file of a sandbox process: takes a task, reports how it goes, takes the next. */

const send = (message: ProcessMessage) => process.send?.(message);

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

async function runTask({ module, input, workDirectory, timeout }: TaskMessage): Promise<void> {
  const artifacts: Artifact[] = [];
  const context: SandboxContext = {
    workDirectory,
    deadline: Date.now() + timeout,
    progress: (percent, message) => send({ kind: 'progress', percent, message }),
    artifact: (name, mediaType) => {
      artifacts.push({ name, mediaType });
      return join(workDirectory, name);
    },
    report: (error) => send({ kind: 'report', error: describe(error) }),
  };
  try {
    const { run } = (await import(module)) as { run: RunTask<unknown> };
    const results = await run(input, context);
    send({ kind: 'done', results: resultJson(results), artifacts });
  } catch (error) {
    // What failed on a disk that takes no more may be as good as any other file.
    const ofDisk = await diskFailureBehind(error, workDirectory);
    if (ofDisk) send({ kind: 'disk_failed', trouble: ofDisk.trouble, reason: describe(ofDisk) });
    else if (error instanceof WorkFailure) send({ kind: 'failed', code: error.code, message: error.message });
    else throw error;
  }
}

/** An unforeseen error ends the process: the worker counts a crash and a fresh process takes the next task. */
function crash(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`, () => process.exit(70));
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
// The worker is gone: what still runs, ffmpeg included, has no one left to do it for.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
process.on('message', (message: TaskMessage) => void runTask(message).catch(crash));
send({ kind: 'ready' });
