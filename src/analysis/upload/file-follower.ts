import { Worker } from 'node:worker_threads';

/** What the thread is told of a file: how much of it can be read, and that this is all, or that nobody asks any more. */
export interface FollowerTask {
  readonly file: number;
  readonly path: string;
  readonly written: number;
  readonly state: 'growing' | 'complete' | 'abandoned';
}

export interface FollowerAnswer {
  readonly file: number;
  /** Null when the file could not be read. */
  readonly sha256: string | null;
}

/** Bytes between two words to the thread. */
const STEP = 1_048_576;

/** The thread of this process, warm between uploads. */
let thread: Worker | undefined;
const waiting = new Map<number, (sha256: string | null) => void>();
let files = 0;

/**
 * Computes the SHA-256 of a file while it is written, and brings it to the disk bit by bit, by a thread that reads behind
 * the writer. On the event loop the digest would take as long as all the rest of an upload, and every other request would
 * wait for it.
 */
export class FileFollower {
  private readonly file = (files += 1);
  private told = 0;
  private complete = false;

  constructor(private readonly path: string) {}

  /** @param written bytes that lie in the file. */
  follow(written: number): void {
    if (written - this.told < STEP) return;
    this.told = written;
    this.tell('growing', written);
  }

  /** The digest of the whole file of so many bytes, 64 hexadecimal digits. */
  async digest(size: number): Promise<string> {
    const answer = new Promise<string | null>((resolve) => waiting.set(this.file, resolve));
    this.complete = true;
    this.tell('complete', size);
    const sha256 = await answer;
    if (sha256 === null) throw new Error('The digest of an upload could not be computed');
    return sha256;
  }

  /** Lets the thread forget a file that was not completed. */
  leave(): void {
    if (!this.complete && this.told > 0) this.tell('abandoned', 0);
  }

  private tell(state: FollowerTask['state'], written: number): void {
    thread ??= startThread();
    thread.postMessage({ file: this.file, path: this.path, written, state } satisfies FollowerTask);
  }
}

/** One that dies takes the digests under way with it and is replaced for the next upload. */
function startThread(): Worker {
  const started = new Worker(new URL('./follower-thread.js', import.meta.url));
  started.on('message', ({ file, sha256 }: FollowerAnswer) => {
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
