import { Worker } from 'node:worker_threads';
import type { PageLayer } from './page-layer.js';

/** A shorter document is read sooner than a thread is told of it; of a longer one too much would be held. */
const MIN_PAGES = 24;
const MAX_PAGES = 5_000;

export interface ReadAheadTask {
  readonly task: number;
  readonly path: string;
  readonly last: number;
  /** Two 32-bit numbers: the page that the reader has reached, and the one that the thread has. */
  readonly turns: SharedArrayBuffer;
}

export type ReadAheadMessage =
  | { readonly task: number; readonly number: number; readonly layer: PageLayer | null }
  | { readonly task: number; readonly failed: true };

/** The thread of this process, warm between documents. */
let thread: Worker | undefined;
let tasks = 0;

/** A second thread that reads a PDF from its end while the reader reads from its beginning, until they meet. */
export class ReadAhead {
  private readonly task = (tasks += 1);
  private readonly marks = new Int32Array(new SharedArrayBuffer(8));
  private readonly layers = new Map<number, PageLayer | null>();
  private failed = false;
  private wake: () => void = () => undefined;

  /** Null for documents that one thread reads as well. */
  static of(path: string, last: number): ReadAhead | null {
    return last >= MIN_PAGES && last <= MAX_PAGES ? new ReadAhead(path, last) : null;
  }

  private constructor(path: string, last: number) {
    this.marks[1] = last + 1;
    thread ??= startThread();
    // A process that waits for its thread goes on; one that does not may end.
    thread.ref();
    thread.on('message', this.hear).once('exit', this.giveUp);
    thread.postMessage({ task: this.task, path, last, turns: this.marks.buffer } satisfies ReadAheadTask);
  }

  /** What the thread has read of this page, null when it is damaged; undefined when the reader has to read it. */
  async take(number: number): Promise<PageLayer | null | undefined> {
    Atomics.store(this.marks, 0, number);
    if (Atomics.load(this.marks, 1) > number) return undefined;
    while (!this.layers.has(number) && !this.failed) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const layer = this.layers.get(number);
    this.layers.delete(number);
    return layer;
  }

  /** Stops the thread, wherever it is. */
  stop(): void {
    Atomics.store(this.marks, 0, 2 ** 31 - 1);
    thread?.off('message', this.hear).off('exit', this.giveUp);
    thread?.unref();
  }

  private readonly hear = (message: ReadAheadMessage): void => {
    if (message.task !== this.task) return;
    if ('failed' in message) this.failed = true;
    else this.layers.set(message.number, message.layer);
    this.wake();
  };

  private readonly giveUp = (): void => {
    this.failed = true;
    this.wake();
  };
}

/** One that dies is replaced for the next document; what it had not read the reader reads. */
function startThread(): Worker {
  const started = new Worker(new URL('./read-ahead-thread.js', import.meta.url));
  started.on('error', () => undefined);
  started.once('exit', () => {
    thread = undefined;
  });
  return started;
}
