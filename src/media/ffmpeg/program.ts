import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type BlockReader, type Blocks, openBlockPipe } from './block-pipe.js';
import { lineReader } from './lines.js';
import { ProgramFailure, type ProgramFailureKind } from './program.failure.js';

/** What one run of a program may take, and who listens to it. */
export interface RunLimits {
  /** Milliseconds after which it is killed. */
  readonly timeout: number;
  /** Bytes of standard output that are collected; a program that writes more is killed. Unused with the next two. */
  readonly stdoutLimit: number;
  /** Kills the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Takes standard output line by line instead of collecting it. */
  readonly onLine?: (line: string) => void;
  /** Takes standard output in blocks, at its own pace; what it throws ends the program and is thrown on. */
  readonly reader?: Blocks & { readonly take: (blocks: BlockReader) => Promise<void> };
  /** Takes the lines of file descriptor 3. */
  readonly onWatchLine?: (line: string) => void;
}

/** Characters of the program's complaints that are kept for the operators' log. */
const MAX_STDERR_CHARACTERS = 4_000;

/**
 * Runs a program without a shell and without input to its end; resolves to its standard output.
 * @throws ProgramFailure when it was killed at a limit or ended in anything but success
 * @throws the reason of the signal when it was aborted
 */
export async function runProgram(binary: string, args: readonly string[], limits: RunLimits): Promise<Buffer> {
  limits.signal?.throwIfAborted();
  const pipe = limits.reader && (await openBlockPipe(limits.reader));
  const run = new Run(binary, args, limits, pipe);
  const stop = () => {
    run.kill();
  };
  // Also when this process leaves in the middle: nothing of ours outlives it.
  process.once('exit', stop);
  limits.signal?.addEventListener('abort', stop);
  // Nothing listened while the pipe was opened.
  if (limits.signal?.aborted) stop();
  try {
    return await run.output();
  } catch (error) {
    limits.signal?.throwIfAborted();
    throw error;
  } finally {
    process.off('exit', stop);
    limits.signal?.removeEventListener('abort', stop);
  }
}

class Run {
  private readonly child: ChildProcess;
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private lastWords = '';
  private limit: ProgramFailureKind | null = null;
  private readonly read: Promise<void>;

  constructor(
    binary: string,
    args: readonly string[],
    private readonly limits: RunLimits,
    private readonly pipe: { reader: BlockReader; writer: Socket } | undefined,
  ) {
    this.child = spawn(binary, args, { stdio: ['ignore', pipe?.writer ?? 'pipe', 'pipe', 'pipe'], windowsHide: true });
    pipe?.writer.destroy();
    this.read = this.readOutput();
    this.child.stderr?.on('data', (text: Buffer) => {
      this.lastWords = (this.lastWords + text.toString('latin1')).slice(-MAX_STDERR_CHARACTERS);
    });
    const watch = this.child.stdio[3] as Readable | null;
    watch?.on('data', lineReader(limits.onWatchLine ?? (() => undefined)));
  }

  async output(): Promise<Buffer> {
    const timer = setTimeout(() => {
      this.stopAt('timeout');
    }, this.limits.timeout);
    try {
      const [ending] = await Promise.all([this.ended(), this.read]);
      if (this.limit) throw new ProgramFailure(this.limit, this.lastWords);
      if (ending !== 0) throw new ProgramFailure('exit', `${ending}: ${this.lastWords}`);
      return Buffer.concat(this.chunks);
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Resolves to the exit code or the deadly signal once the pipes are closed too; rejects if it could not start. */
  private ended(): Promise<number | string> {
    return new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown');
      });
    });
  }

  private async readOutput(): Promise<void> {
    const { onLine, reader } = this.limits;
    this.child.stdout?.on('data', onLine ? lineReader(onLine) : this.collect);
    try {
      if (this.pipe) await reader?.take(this.pipe.reader);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      this.pipe?.reader.close();
    }
  }

  private readonly collect = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > this.limits.stdoutLimit) this.stopAt('output');
    else this.chunks.push(chunk);
  };

  private stopAt(limit: ProgramFailureKind): void {
    this.limit ??= limit;
    this.kill();
  }
}
