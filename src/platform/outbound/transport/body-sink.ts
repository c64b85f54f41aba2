import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundFailure } from '../outbound.failure.js';

/** What becomes of a body with more than `maxBytes`: the exchange fails, or the rest is cut off. */
export type Overflow = 'fail' | 'truncate';

/** Takes the bytes of a response body as they arrive. */
export interface BodySink {
  /** Bytes that are taken, both before and after decoding. */
  readonly maxBytes: number;
  readonly overflow: Overflow;
  /** The body, as far as it is kept in memory. */
  readonly bytes: Buffer;
  /** Returns whether more may come at once; if not, `drained` is called when it may. */
  write(chunk: Buffer, drained: () => void): boolean;
  /** Resolves when every byte is stored; undefined when all are. */
  end(): Promise<void> | undefined;
  /** Releases everything, after a failure or when the rest of the body is cut off. */
  discard(): void;
}

/** The exchange that fills a sink. */
export interface SinkOwner {
  /** Ends the exchange with an error: the body is too large, or cannot be decoded or stored. */
  fail(error: Error): void;
  /** Ends the exchange successfully: the sink has all that it takes. */
  cutOff(): void;
}

/** Makes the sink for a body. @param encoding `content-encoding` in lower case; empty for none. */
export type OpenSink = (status: number, encoding: string, owner: SinkOwner) => BodySink;

/** Returns a decoder for the encoding, null for none. @throws OutboundFailure `bad_response` for an unknown one */
export function createDecoder(encoding: string): Transform | null {
  if (encoding === '' || encoding === 'identity') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  if (encoding === 'br') return createBrotliDecompress();
  throw new OutboundFailure('bad_response', 'The body has a content-encoding that is not understood.');
}

export const undecodable = () =>
  new OutboundFailure('bad_response', 'The body is not packed as its content-encoding says.');

export const tooLarge = (maxBytes: number) =>
  new OutboundFailure('too_large', `The answer has more than ${maxBytes} bytes.`);
