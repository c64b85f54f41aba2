import { type ChildProcess, fork, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REGISTER = join(import.meta.dirname, 'register.mjs');

/** Milliseconds that a process has to end by itself. */
const GRACE = 20_000;

/** A folder and processes for the time of one benchmark: all of it goes at the end, and on Ctrl-C. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'facet-bench-'));
  private readonly undoings: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  /** Begins what is undone at the end, the last first, also when the end comes before it has fully begun. */
  begin<T>(begin: () => Promise<T>, undo: (begun: T) => Promise<unknown>): Promise<T> {
    this.mustBeOpen();
    const begun = begin();
    this.undoings.push(() => begun.then(undo, () => undefined));
    return begun;
  }

  /** A process that is told to end at the end. */
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    this.mustBeOpen();
    return this.keep(spawn(program, args, { cwd: this.folder, ...options }));
  }

  /** A script of this folder in a process of its own, which answers each message with one. */
  partner(script: string): Partner {
    this.mustBeOpen();
    const path = join(import.meta.dirname, script);
    return new Partner(script, this.keep(fork(path, { cwd: this.folder, execArgv: ['--import', REGISTER] })));
  }

  get closed(): boolean {
    return this.closing !== undefined;
  }

  close(): Promise<void> {
    return (this.closing ??= this.undo());
  }

  /** After a Ctrl-C a benchmark may still run on for a moment: nothing new must come of it. */
  private mustBeOpen(): void {
    if (this.closed) throw new Error('The benchmark has ended');
  }

  private keep(child: ChildProcess): ChildProcess {
    child.on('error', () => undefined);
    this.undoings.push(() => end(child));
    return child;
  }

  private async undo(): Promise<void> {
    for (let undo = this.undoings.pop(); undo; undo = this.undoings.pop()) {
      await undo().catch((error: unknown) => {
        console.error(error);
      });
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Partner {
  constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  ask<Answer>(question: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(new Error(`${this.name} ended without an answer`));
      };
      this.child.once('exit', leave).once('message', (message: Reply) => {
        this.child.off('exit', leave);
        if ('failed' in message) reject(new Error(`${this.name}: ${message.failed}`));
        else resolve(message.answer as Answer);
      });
      this.child.send(question, (error) => {
        if (error) leave();
      });
    });
  }
}

type Reply = { readonly answer: unknown } | { readonly failed: string };

/** The other side of a partner. */
export function serveRequests(answer: (question: never) => Promise<object>): void {
  process.on('message', (question) => {
    void answer(question as never)
      .then((given): Reply => ({ answer: given }))
      .catch((error: unknown): Reply => ({ failed: String(error) }))
      .then((reply) => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit());
}

/** Ends a process in an orderly way, or by force when that takes too long. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE);
  await gone;
  clearTimeout(force);
}
