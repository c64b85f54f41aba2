import { Readable } from 'node:stream';

/** Bytes that wait for a slow client. */
const AHEAD = 262_144;

/** Milliseconds after which a client that takes none of them is taken for gone. */
const PATIENCE = 60_000;

/**
 * Pieces as a stream. Unlike `Readable.from` it does not wait for the next piece when it is destroyed: what the pieces
 * wait for may take long.
 * @param end is called once, after the last byte or when nobody wants more.
 */
export function streamOf(
  pieces: AsyncGenerator<Buffer | string>,
  end: () => Promise<void>,
  patience = PATIENCE,
): Readable {
  let waiting: NodeJS.Timeout | undefined;
  return new Readable({
    highWaterMark: AHEAD,
    read() {
      clearTimeout(waiting);
      pieces.next().then(
        ({ done, value }) => {
          const more = this.push(done === true ? null : value);
          if (!more && done !== true && !this.destroyed)
            waiting = setTimeout(() => this.destroy(new ReaderStalled()), patience);
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
