import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { diskFailureBehind } from '../platform/disk/disk-failure.js';
import type { SandboxOutcome, ProcessMessage, TaskMessage } from './messages.js';
import { killGroup } from './process-group.js';

/** What a process may use. */
export interface ProcessLimits {
  /** Megabytes of data (heap, stacks, mapped memory) of the process and of each of its children. */
  readonly memory: number;
  readonly path: string;
  /** Niceness of the process, of its threads and of its children; 0 is that of the worker. */
  readonly niceness: number;
}

export interface TaskWatch {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  progress(percent: number, message: string): void;
  report(error: string): void;
}

/** Characters of standard error that are kept for the report of a crash. */
const MAX_STDERR_CHARACTERS = 4_000;

/**
 * Starts a program under a limit of memory, as the kernel's first choice when memory runs out, and at a lower priority.
 * The shell beside it waits for the end of standard input, whose other end only the worker holds: when the worker dies,
 * the group is killed even if the program is deep in a calculation and reads no message.
 *
 * The priority is lowered before the program starts, because Linux keeps it per thread and a thread inherits it: a program
 * that lowers its own leaves the threads that it has already started, such as those that decode images, where they were.
 * The priority of disk reads follows from it. Where Linux groups processes by session (autogroup, outside of containers),
 * niceness counts only within a session, and this process leads one of its own: there the session's is set too. Only root
 * may do that more often than every 100 ms, so it is tried again. A priority that cannot be lowered stays as it is.
 */
const LAUNCH_SCRIPT = `
ulimit -c 0
ulimit -d "$0" 2>/dev/null
echo 500 2>/dev/null >/proc/self/oom_score_adj
niceness=$1
shift
exec 9<&0 </dev/null
(
  exec >/dev/null 2>&1 3>&-
  tries=20
  while [ "$niceness" -gt 0 ] && [ -w /proc/self/autogroup ] && [ $tries -gt 0 ]; do
    echo "$niceness" >/proc/self/autogroup && break
    tries=$((tries - 1))
    sleep 0.1
  done
  read -r line <&9
  kill -KILL 0
) &
if [ "$niceness" -gt 0 ] && command -v nice >/dev/null; then set -- nice -n "$niceness" "$@"; fi
exec "$@" 9<&-
`;

/** One child process that runs analyzers, in a process group of its own so that ffmpeg dies with it. */
export class SandboxProcess {
  private readonly child: ChildProcess;
  private stderrTail = '';
  private killing: Promise<void> | undefined;
  tasks = 0;

  constructor(entry: string, { memory, path, niceness }: ProcessLimits) {
    const heap = `--max-old-space-size=${Math.floor(memory / 2)}`;
    const command = [process.execPath, heap, '--enable-source-maps', entry];
    this.child = spawn('/bin/sh', ['-c', LAUNCH_SCRIPT, String(memory * 1024), String(niceness), ...command], {
      detached: true,
      env: { PATH: path, NODE_ENV: 'production' },
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.stderrTail = (this.stderrTail + text.toString()).slice(-MAX_STDERR_CHARACTERS);
    });
    this.child.on('error', () => undefined);
    this.child.stdin?.on('error', () => undefined);
    // At once, as long as the number of its group cannot belong to another group.
    this.child.once('exit', () => void this.kill());
    this.unrefHandles();
  }

  get alive(): boolean {
    return !this.killing && this.child.pid !== undefined && this.child.connected;
  }

  /** Runs one task to its end; whatever but `done` and `failed` ends the process too, before it is told. */
  async run(task: TaskMessage, watch: TaskWatch): Promise<SandboxOutcome> {
    this.tasks += 1;
    const outcome = await this.outcomeOf(task, watch);
    if (outcome.kind !== 'done' && outcome.kind !== 'failed') await this.kill();
    if (outcome.kind !== 'crashed') return outcome;
    const ofDisk = await diskFailureBehind(outcome.reason, task.workDirectory);
    return ofDisk ? { kind: 'disk_failed', trouble: ofDisk.trouble, reason: ofDisk.message } : outcome;
  }

  /** Kills the process and all that it has started; resolves when nothing of them is left to write into a file. */
  kill(): Promise<void> {
    return (this.killing ??= this.child.pid === undefined ? Promise.resolve() : killGroup(this.child.pid));
  }

  private outcomeOf(task: TaskMessage, watch: TaskWatch): Promise<SandboxOutcome> {
    return new Promise((resolve) => {
      const finish = (outcome: SandboxOutcome) => {
        clearTimeout(timer);
        watch.signal.removeEventListener('abort', onAbort);
        this.child.off('message', onMessage).off('exit', onExit);
        resolve(outcome);
      };
      const onAbort = () => {
        finish({ kind: 'aborted' });
      };
      const onExit = (code: number | null, signal: string | null) => {
        finish({ kind: 'crashed', reason: `exit ${signal ?? code}: ${this.stderrTail}` });
      };
      const onMessage = (message: ProcessMessage) => {
        if (message.kind === 'progress') watch.progress(message.percent, message.message);
        else if (message.kind === 'report') watch.report(message.error);
        else if (message.kind !== 'ready') finish(message);
      };
      const timer = setTimeout(() => {
        finish({ kind: 'timed_out' });
      }, watch.timeout);
      watch.signal.addEventListener('abort', onAbort);
      this.child.on('message', onMessage).on('exit', onExit);
      this.child.send(task, (error) => {
        if (error) finish({ kind: 'crashed', reason: error.message });
      });
    });
  }

  /** A process that waits for work does not keep the worker from ending. */
  private unrefHandles(): void {
    this.child.unref();
    this.child.channel?.unref();
    for (const pipe of [this.child.stdin, this.child.stderr]) if (pipe instanceof Socket) pipe.unref();
  }
}
