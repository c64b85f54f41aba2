import { Worker } from 'node:worker_threads';

/** What the thread is told of a file: how much of it can be read, and that this is all, or that nobody asks any more. */
export interface DigestTask {
  readonly file: number;
  readonly path: string;
  readonly written: number;
  readonly state: 'growing' | 'complete' | 'abandoned';
}

export interface DigestAnswer {
  readonly file: number;
  /** Null when the file could not be read. */
  readonly sha256: string | null;
}

/** Bytes between two words to the thread. */
const STEP = 2_097_152;

/** The thread of this process, warm between uploads. */
let thread: Worker | undefined;
const waiting = new Map<number, (sha256: string | null) => void>();
let files = 0;

/**
 * SHA-256 of a file while it is being written, by a thread that reads behind the writer. On the event loop it would take
 * as long as all the rest of an upload, and every other request would wait for it.
 */
export class FileDigest {
  private readonly file = (files += 1);
  private told = 0;
  private settled = false;

  constructor(private readonly path: string) {}

  /** @param written bytes that lie in the file. */
  follow(written: number): void {
    if (written - this.told < STEP) return;
    this.told = written;
    this.tell('growing', written);
  }

  /** The digest of the whole file, 64 hexadecimal digits. */
  async finish(size: number): Promise<string> {
    const answer = new Promise<string | null>((resolve) => waiting.set(this.file, resolve));
    this.tell('complete', size);
    this.settled = true;
    const sha256 = await answer;
    if (sha256 === null) throw new Error('The digest of an upload could not be computed');
    return sha256;
  }

  /** Lets the thread forget a file that was not finished. */
  abandon(): void {
    if (!this.settled && this.told > 0) this.tell('abandoned', 0);
  }

  private tell(state: DigestTask['state'], written: number): void {
    thread ??= startThread();
    thread.postMessage({ file: this.file, path: this.path, written, state } satisfies DigestTask);
  }
}

/** One that dies takes the digests under way with it and is replaced for the next. */
function startThread(): Worker {
  const started = new Worker(new URL('./digest-thread.js', import.meta.url));
  started.on('message', ({ file, sha256 }: DigestAnswer) => {
    settle(file, sha256);
  });
  started.on('error', () => undefined);
  started.once('exit', () => {
    thread = undefined;
    for (const file of waiting.keys()) settle(file, null);
  });
  started.unref();
  return started;
}

function settle(file: number, sha256: string | null): void {
  waiting.get(file)?.(sha256);
  waiting.delete(file);
}
