import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type BodySink, createDecoder, type Overflow, type SinkOwner, tooLarge, undecodable } from './body-sink.js';

/** Chunks that are kept apart before they are joined: a body may arrive byte by byte. */
const MAX_CHUNKS = 1000;

/** Keeps a body in memory. */
export class MemorySink implements BodySink {
  private readonly blocks: Buffer[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  private readonly decoder: Transform | null;

  /** @throws OutboundFailure `bad_response` for an encoding that is not understood */
  constructor(
    private readonly owner: SinkOwner,
    readonly maxBytes: number,
    readonly overflow: Overflow,
    encoding = '',
  ) {
    this.decoder = createDecoder(encoding);
    this.decoder
      ?.on('data', (chunk: Buffer) => {
        this.keepDecoded(chunk);
      })
      .on('error', () => {
        owner.fail(undecodable());
      });
  }

  write(chunk: Buffer, drained: () => void): boolean {
    if (!this.decoder) return this.keep(chunk);
    const more = this.decoder.write(chunk);
    if (!more) this.decoder.once('drain', drained);
    return more;
  }

  end(): Promise<void> | undefined {
    if (!this.decoder) return undefined;
    const decoded = finished(this.decoder, { cleanup: true });
    this.decoder.end();
    return decoded.catch(() => {
      throw undecodable();
    });
  }

  discard(): void {
    this.decoder?.destroy();
  }

  /** At most `maxBytes` of them. */
  get bytes(): Buffer {
    const [only] = this.chunks;
    if (only && this.chunks.length === 1 && this.blocks.length === 0) return only.subarray(0, this.maxBytes);
    return Buffer.concat([...this.blocks, ...this.chunks], Math.min(this.length, this.maxBytes));
  }

  private keepDecoded(chunk: Buffer): void {
    const room = this.maxBytes - this.length;
    this.keep(chunk);
    if (chunk.length <= room) return;
    if (this.overflow === 'truncate') this.owner.cutOff();
    else this.owner.fail(tooLarge(this.maxBytes));
  }

  private keep(chunk: Buffer): true {
    this.length += chunk.length;
    if (this.chunks.push(chunk) < MAX_CHUNKS) return true;
    this.blocks.push(Buffer.concat(this.chunks));
    this.chunks = [];
    return true;
  }
}
