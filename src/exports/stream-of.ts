import { Readable } from 'node:stream';

/** Bytes that wait for a slow client. */
const AHEAD = 262_144;

/**
 * Pieces as a stream. Unlike `Readable.from` it does not wait for the next piece when it is destroyed: what the pieces
 * wait for may take long.
 * @param end is called once, after the last byte or when nobody wants more.
 */
export function streamOf(pieces: AsyncGenerator<Buffer | string>, end: () => Promise<void>): Readable {
  return new Readable({
    highWaterMark: AHEAD,
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, callback) {
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
