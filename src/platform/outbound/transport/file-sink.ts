import { createWriteStream } from 'node:fs';
import { Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { OutboundFailure } from '../outbound.failure.js';
import { type BodySink, createDecoder, type SinkOwner, tooLarge, undecodable } from './body-sink.js';

const EMPTY = Buffer.alloc(0);

/** Writes a body to streams with their back-pressure. */
class StreamSink implements BodySink {
  readonly overflow = 'fail';
  readonly bytes = EMPTY;

  constructor(
    readonly maxBytes: number,
    private readonly head: Writable,
    private readonly done: Promise<void>,
    owner: SinkOwner,
  ) {
    done.catch((error: unknown) => {
      owner.fail(error as Error);
    });
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

/** A new file for one body. */
export class NewFile {
  private closed = Promise.resolve();
  /** Whether this object created the file. */
  created = false;

  constructor(private readonly path: string) {}

  /** @throws OutboundFailure `bad_response` for an encoding that is not understood */
  openSink(encoding: string, maxBytes: number, owner: SinkOwner): BodySink {
    const decoder = createDecoder(encoding);
    const file = createWriteStream(this.path, { flags: 'wx' }).on('error', (error) => {
      owner.fail(error);
    });
    file.once('open', () => {
      this.created = true;
    });
    this.closed = new Promise((resolve) => {
      file.once('close', () => {
        resolve();
      });
    });
    if (!decoder) return new StreamSink(maxBytes, file, finished(file), owner);
    decoder.on('error', (error) => {
      // The pipeline destroys it with the error of what follows, too.
      owner.fail(error instanceof OutboundFailure ? error : undecodable());
    });
    return new StreamSink(maxBytes, decoder, pipeline(decoder, limitBytes(maxBytes), file), owner);
  }

  /** Resolves when nothing writes to the file any more, so that it can be used or removed. */
  async whenClosed(): Promise<void> {
    await this.closed;
  }
}

/** Passes `maxBytes` bytes on and fails at the next. */
function limitBytes(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      bytes += chunk.length;
      if (bytes > maxBytes) next(tooLarge(maxBytes));
      else next(null, chunk);
    },
  });
}
