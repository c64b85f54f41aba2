import { open } from 'node:fs/promises';
import { AskedThread } from '../../platform/threads/asked-thread.js';
import { BLOCK, forget, giveBack, type Holder, remember, takeBlock } from './blocks.js';

/** The next bytes of a file. */
export interface Run {
  readonly file: number;
  /** With the first bytes. */
  readonly path?: string;
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** What the thread is told: to write on, or that nobody asks for the file any more. */
export type WriterTask = Run | { readonly abandoned: number };

/** Of the whole file, with its last bytes. Whatever was told lies in the file. */
export type Digest = string | undefined;

const thread = new AskedThread<WriterTask, Digest>(new URL('./writer-thread.js', import.meta.url));
let files = 0;

/** Blocks of a file that are on their way to the disk at once, besides the one that is being filled. Two were no faster. */
const ON_THE_WAY = 1;

/**
 * Writes a file and computes its SHA-256. It gathers blocks; a thread digests them and hands them to the disk. On the
 * event loop the digest would take as long as all the rest of an upload, and every other request would wait for it.
 */
export class FileWriter implements Holder {
  private readonly file = (files += 1);
  private readonly onTheWay: Promise<unknown>[] = [];
  private block: Uint8Array | undefined;
  private filled = 0;
  private begun = false;
  private complete = false;

  private constructor(private readonly path: string) {}

  /** Makes the file, which must not be there yet; nobody else may read it. */
  static async create(path: string): Promise<FileWriter> {
    const file = await open(path, 'wx', 0o600);
    await file.close();
    return new FileWriter(path);
  }

  /** Resolves when there is room for more. */
  async write(chunk: Uint8Array): Promise<void> {
    forget(this);
    for (let taken = 0; taken < chunk.length;) {
      this.block ??= await this.nextBlock();
      const part = chunk.subarray(taken, taken + BLOCK - this.filled);
      this.block.set(part, this.filled);
      taken += part.length;
      this.filled += part.length;
      if (this.filled === BLOCK) void this.send(this.block, false);
    }
    if (this.block) remember(this);
  }

  /** What it holds goes to the disk before the block is full, since others have more to put into it. */
  handIn(): void {
    if (this.block) void this.send(this.block, false);
  }

  /** The digest, 64 hexadecimal digits, once all bytes lie in the file; durable they are not yet. */
  async finish(): Promise<string> {
    forget(this);
    const block = (this.block ??= await this.nextBlock());
    this.complete = true;
    const [sha256] = await Promise.all([this.send(block, true), ...this.onTheWay]);
    if (sha256 === undefined) throw new Error('A file was written without its digest');
    return sha256;
  }

  /** Lets go of the file, whether or not it came to its end. */
  leave(): void {
    forget(this);
    if (this.block) giveBack(this.block);
    if (!this.complete) thread.tell({ abandoned: this.file });
  }

  private async nextBlock(): Promise<Uint8Array> {
    if (this.onTheWay.length >= ON_THE_WAY) await this.onTheWay.shift();
    return takeBlock();
  }

  private send(block: Uint8Array, last: boolean): Promise<Digest> {
    const { file } = this;
    const path = this.begun ? undefined : this.path;
    this.begun = true;
    const bytes = block.subarray(0, this.filled);
    this.block = undefined;
    this.filled = 0;
    const written = thread.ask({ file, path, bytes, last }).finally(() => {
      giveBack(block);
    });
    // It is heard when the next block is wanted.
    written.catch(() => undefined);
    this.onTheWay.push(written);
    return written;
  }
}
