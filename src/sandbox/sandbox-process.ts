import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { diskFailureBehind } from '../platform/disk/disk-failure.js';
import type { Outcome, ProcessMessage, TaskMessage } from './messages.js';
import { killGroup } from './process-group.js';

/** What a process may use. */
export interface ProcessLimits {
  /** Megabytes of data (heap, stacks, mapped memory) of the process and of each of its children. */
  readonly memory: number;
  readonly path: string;
}

export interface TaskWatch {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  progress(percent: number, message: string): void;
  report(error: string): void;
}

/** Kept of what a dying process wrote. */
const LAST_WORDS = 4_000;

/**
 * Starts a program under a limit of memory and as the kernel's first choice when memory runs out. The shell beside it
 * waits for the end of standard input, whose other end only the worker holds: when the worker dies, the group is killed
 * even if the program is deep in a calculation and hears nothing.
 */
const LIMITED = `
ulimit -c 0
ulimit -d "$0" 2>/dev/null
echo 500 2>/dev/null >/proc/self/oom_score_adj
exec 9<&0 </dev/null
(exec >/dev/null 2>&1 3>&-; read -r line <&9; kill -KILL 0) &
exec "$@" 9<&-
`;

/** One child process that runs analyzers, in a process group of its own so that ffmpeg dies with it. */
export class SandboxProcess {
  private readonly child: ChildProcess;
  private lastWords = '';
  private ending: Promise<void> | undefined;
  tasks = 0;

  constructor(entry: string, { memory, path }: ProcessLimits) {
    const heap = `--max-old-space-size=${Math.floor(memory / 2)}`;
    const command = [process.execPath, heap, '--enable-source-maps', entry];
    this.child = spawn('/bin/sh', ['-c', LIMITED, String(memory * 1024), ...command], {
      detached: true,
      env: { PATH: path, NODE_ENV: 'production' },
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.lastWords = (this.lastWords + text.toString()).slice(-LAST_WORDS);
    });
    this.child.on('error', () => undefined);
    this.child.stdin?.on('error', () => undefined);
    // At once, as long as the number of its group cannot be anybody else's.
    this.child.once('exit', () => void this.end());
    this.letWorkerEnd();
  }

  get alive(): boolean {
    return !this.ending && this.child.pid !== undefined && this.child.connected;
  }

  /** Runs one task to its end; whatever but `done` and `failed` ends the process too, before it is told. */
  async run(task: TaskMessage, watch: TaskWatch): Promise<Outcome> {
    this.tasks += 1;
    const outcome = await this.outcomeOf(task, watch);
    if (outcome.kind !== 'done' && outcome.kind !== 'failed') await this.end();
    if (outcome.kind !== 'crashed') return outcome;
    const ofDisk = await diskFailureBehind(outcome.reason, task.workDirectory);
    return ofDisk ? { kind: 'disk_failed', trouble: ofDisk.trouble, reason: ofDisk.message } : outcome;
  }

  /** Kills the process and all that it has started; resolves when nothing of them is left to write into a file. */
  end(): Promise<void> {
    return (this.ending ??= this.child.pid === undefined ? Promise.resolve() : killGroup(this.child.pid));
  }

  private outcomeOf(task: TaskMessage, watch: TaskWatch): Promise<Outcome> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        clearTimeout(timer);
        watch.signal.removeEventListener('abort', abort);
        this.child.off('message', hear).off('exit', crash);
        resolve(outcome);
      };
      const abort = () => {
        finish({ kind: 'aborted' });
      };
      const crash = (code: number | null, signal: string | null) => {
        finish({ kind: 'crashed', reason: `exit ${signal ?? code}: ${this.lastWords}` });
      };
      const hear = (message: ProcessMessage) => {
        if (message.kind === 'progress') watch.progress(message.percent, message.message);
        else if (message.kind === 'report') watch.report(message.error);
        else if (message.kind !== 'ready') finish(message);
      };
      const timer = setTimeout(() => {
        finish({ kind: 'timed_out' });
      }, watch.timeout);
      watch.signal.addEventListener('abort', abort);
      this.child.on('message', hear).on('exit', crash);
      this.child.send(task, (error) => {
        if (error) finish({ kind: 'crashed', reason: error.message });
      });
    });
  }

  /** A process that waits for work does not keep the worker from ending. */
  private letWorkerEnd(): void {
    this.child.unref();
    this.child.channel?.unref();
    for (const pipe of [this.child.stdin, this.child.stderr]) if (pipe instanceof Socket) pipe.unref();
  }
}
