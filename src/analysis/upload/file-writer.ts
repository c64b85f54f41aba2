import { open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { WorkerThread } from '../../platform/threads/worker-thread.js';
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

type Done = (error?: Error | null) => void;

const thread = new WorkerThread<WriterTask, Digest>(new URL('./writer-thread.js', import.meta.url));
let files = 0;

/** Blocks of a file that are on their way to the disk at once, besides the one that is being filled. Three are no faster. */
const ON_THE_WAY = 2;

/** Bytes that may wait for a block before the sender is held up: a few reads of a socket. */
const WAITING = 131_072;

/**
 * Writes a new file, which nobody else may read, and computes its SHA-256. It gathers blocks; a thread digests them and
 * hands them to the disk. On the event loop the digest would take as long as all the rest of an upload, and every other
 * request would wait for it. Once finished, all bytes lie in the file; durable they are not yet.
 */
export class FileWriter extends Writable implements Holder {
  sizeBytes = 0;
  /** 64 hexadecimal digits, once finished. */
  sha256 = '';
  private readonly file = (files += 1);
  private readonly onTheWay: Promise<Digest>[] = [];
  private block: Buffer | undefined;
  private filled = 0;
  private begun = false;

  constructor(private readonly path: string) {
    super({ highWaterMark: WAITING });
  }

  override _construct(done: Done): void {
    settle(this.create(), done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    forget(this);
    this.sizeBytes += chunk.length;
    const rest = this.fill(chunk);
    if (rest) settle(this.fillBlocks(rest), done);
    else done();
  }

  override _final(done: Done): void {
    forget(this);
    settle(this.sendLast(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    forget(this);
    if (this.block) giveBack(this.block);
    this.block = undefined;
    if (!this.writableFinished) thread.notify({ abandoned: this.file });
    done(error);
  }

  /** What it holds goes to the disk before the block is full, since others have more to put into it. */
  handIn(): void {
    if (this.block) void this.send(this.block, false);
  }

  private async create(): Promise<void> {
    const file = await open(this.path, 'wx', 0o600);
    await file.close();
  }

  /** Puts bytes into the block that it holds; what finds no room in it comes back. */
  private fill(chunk: Buffer): Buffer | undefined {
    if (!this.block) return chunk;
    const part = chunk.subarray(0, BLOCK - this.filled);
    // Four times as fast as `set`, which copies into memory of threads a few bytes at a time.
    this.block.fill(part, this.filled, this.filled + part.length);
    this.filled += part.length;
    if (this.filled === BLOCK) void this.send(this.block, false);
    else remember(this);
    return part.length < chunk.length ? chunk.subarray(part.length) : undefined;
  }

  private async fillBlocks(chunk: Buffer): Promise<void> {
    for (let rest: Buffer | undefined = chunk; rest; rest = this.fill(rest)) {
      if (!(await this.hold())) return;
    }
  }

  private async sendLast(): Promise<void> {
    const block = this.block ?? (await this.hold());
    if (!block) return;
    const [sha256] = await Promise.all([this.send(block, true), ...this.onTheWay]);
    if (sha256 === undefined) throw new Error('A file was written without its digest');
    this.sha256 = sha256;
  }

  /** None when nobody wants the file any more. */
  private async hold(): Promise<Buffer | undefined> {
    if (this.onTheWay.length >= ON_THE_WAY) await this.onTheWay.shift();
    const block = await takeBlock();
    if (this.destroyed) giveBack(block);
    else this.block = block;
    return this.block;
  }

  private send(block: Buffer, last: boolean): Promise<Digest> {
    const { file } = this;
    const path = this.begun ? undefined : this.path;
    this.begun = true;
    const bytes = block.subarray(0, this.filled);
    this.block = undefined;
    this.filled = 0;
    const written = thread.request({ file, path, bytes, last }).finally(() => {
      giveBack(block);
    });
    // It is heard when the next block is wanted.
    written.catch(() => undefined);
    this.onTheWay.push(written);
    return written;
  }
}

function settle(work: Promise<void>, done: Done): void {
  work.then(() => {
    done();
  }, done);
}
