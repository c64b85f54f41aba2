import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Outcome, ProcessMessage, TaskMessage } from './messages.js';

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

/** Starts a program under a limit of memory and as the kernel's first choice when memory runs out. */
const LIMITED = 'ulimit -c 0; ulimit -d "$0" 2>/dev/null; echo 500 2>/dev/null >/proc/self/oom_score_adj; exec "$@"';

/** One child process that runs analyzers, in a process group of its own so that ffmpeg dies with it. */
export class AnalyzerProcess {
  private readonly child: ChildProcess;
  private lastWords = '';
  tasks = 0;

  constructor(entry: string, { memory, path }: ProcessLimits) {
    const heap = `--max-old-space-size=${Math.floor(memory / 2)}`;
    const command = [process.execPath, heap, '--enable-source-maps', entry];
    this.child = spawn('/bin/sh', ['-c', LIMITED, String(memory * 1024), ...command], {
      detached: true,
      env: { PATH: path, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.lastWords = (this.lastWords + text.toString()).slice(-LAST_WORDS);
    });
    this.child.on('error', () => undefined);
    // A process that waits for work does not keep the worker from ending.
    this.child.unref();
    this.child.channel?.unref();
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.connected;
  }

  /** Runs one task to its end; whatever but `done` and `failed` ends the process too. */
  run(task: TaskMessage, watch: TaskWatch): Promise<Outcome> {
    this.tasks += 1;
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        clearTimeout(timer);
        watch.signal.removeEventListener('abort', abort);
        this.child.off('message', hear);
        this.child.off('exit', crash);
        if (outcome.kind !== 'done' && outcome.kind !== 'failed') this.kill();
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

  kill(): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // The group has gone already, which is what was wanted.
      this.child.kill('SIGKILL');
    }
  }

  /** Kills the process and waits until it has gone. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const gone = once(this.child, 'exit');
    this.kill();
    await gone;
  }
}
