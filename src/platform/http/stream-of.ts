import { Readable } from 'node:stream';

/** Bytes that are buffered for a slow client. */
const BUFFER_BYTES = 262_144;

/** Time after which a client that reads nothing is taken for gone. */
const TIMEOUT_MS = 60_000;

/**
 * Makes a stream of pieces. Unlike `Readable.from` it does not wait for the next piece when it is destroyed: what the pieces
 * wait for may take long.
 * @param end is called once, after the last byte or when the stream is destroyed.
 */
export function streamOf(
  pieces: AsyncGenerator<Buffer | string>,
  end: () => Promise<void>,
  timeoutMs = TIMEOUT_MS,
): Readable {
  let waiting: NodeJS.Timeout | undefined;
  return new Readable({
    highWaterMark: BUFFER_BYTES,
    read() {
      clearTimeout(waiting);
      pieces.next().then(
        ({ done, value }) => {
          const more = this.push(done === true ? null : value);
          if (!more && done !== true && !this.destroyed)
            waiting = setTimeout(() => this.destroy(new ReaderStalled()), timeoutMs);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, callback) {
      clearTimeout(waiting);
      end().then(
        () => {
          callback(error);
        },
        (failure: unknown) => {
          callback(error ?? (failure as Error));
        },
      );
    },
  });
}

/** The client reads no further. */
export class ReaderStalled extends Error {
  constructor() {
    super('The client has stopped reading');
  }
}
