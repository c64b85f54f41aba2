import { createWriteStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundFailure } from './outbound.failure.js';

/** Where the bytes of an answer go as they come in. */
export interface Body {
  /** Whether more may come at once; else `drained` is called when it may. */
  write(chunk: Buffer, drained: () => void): boolean;
  /** Resolves when every byte has been kept. */
  end(): Promise<void>;
  /** Lets go of everything, after a failure. */
  discard(): void;
}

/** Hears that a body could not be kept, be it too large or the disk full. */
export type BodyFailed = (error: Error) => void;

/** Pieces that lie beside each other before they are laid together: a body may come byte by byte. */
const PIECES = 1000;

/** Keeps bytes in memory. */
export class Collected implements Body {
  private readonly blocks: Buffer[] = [];
  private pieces: Buffer[] = [];

  write(chunk: Buffer): boolean {
    if (this.pieces.push(chunk) < PIECES) return true;
    this.blocks.push(Buffer.concat(this.pieces));
    this.pieces = [];
    return true;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  discard(): void {
    this.blocks.length = 0;
    this.pieces.length = 0;
  }

  get bytes(): Buffer {
    const [only] = this.pieces;
    if (only && this.pieces.length === 1 && this.blocks.length === 0) return only;
    return Buffer.concat([...this.blocks, ...this.pieces]);
  }
}

/** Passes bytes on with the back-pressure of streams. */
class Streamed implements Body {
  constructor(
    private readonly head: Writable,
    private readonly done: Promise<void>,
    failed: BodyFailed,
  ) {
    done.catch(failed);
  }

  write(chunk: Buffer, drained: () => void): boolean {
    const more = this.head.write(chunk);
    if (!more) this.head.once('drain', drained);
    return more;
  }

  end(): Promise<void> {
    this.head.end();
    return this.done;
  }

  discard(): void {
    this.head.destroy();
  }
}

/** @param cap bytes after decoding. */
export function intoMemory(kept: Collected, encoding: string, cap: number, failed: BodyFailed): Body {
  const decoder = decoderOf(encoding);
  if (!decoder) return kept;
  const tail = new Writable({
    write: (chunk: Buffer, _encoding, next) => {
      kept.write(chunk);
      next();
    },
  });
  return decoded(decoder, cap, tail, failed);
}

/** A new file for one body. */
export class NewFile {
  private closed = Promise.resolve();
  /** Whether a file of that name was made here. */
  opened = false;

  constructor(private readonly path: string) {}

  /** @param cap bytes after decoding. */
  open(encoding: string, cap: number, failed: BodyFailed): Body {
    const decoder = decoderOf(encoding);
    const file = createWriteStream(this.path, { flags: 'wx' }).on('error', failed);
    file.once('open', () => {
      this.opened = true;
    });
    this.closed = new Promise((resolve) => {
      file.once('close', () => {
        resolve();
      });
    });
    return decoder ? decoded(decoder, cap, file, failed) : new Streamed(file, finished(file), failed);
  }

  /** Resolves when nothing writes to it any more, so that it can be used or removed. */
  async rest(): Promise<void> {
    await this.closed;
  }
}

function decoded(decoder: Transform, cap: number, tail: Writable, failed: BodyFailed): Body {
  decoder.on('error', (error) => {
    const known = error instanceof OutboundFailure;
    failed(known ? error : new OutboundFailure('bad_response', 'The body is not packed as its content-encoding says.'));
  });
  return new Streamed(decoder, pipeline(decoder, counting(cap), tail), failed);
}

/** Null for what is not packed. */
function decoderOf(encoding: string): Transform | null {
  if (encoding === '' || encoding === 'identity') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  if (encoding === 'br') return createBrotliDecompress();
  throw new OutboundFailure('bad_response', 'The body has a content-encoding that is not understood.');
}

/** Lets so many bytes through and fails at the next. */
function counting(cap: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      bytes += chunk.length;
      if (bytes > cap) next(tooLarge(cap));
      else next(null, chunk);
    },
  });
}

export const tooLarge = (cap: number) => new OutboundFailure('too_large', `The answer has more than ${cap} bytes.`);
