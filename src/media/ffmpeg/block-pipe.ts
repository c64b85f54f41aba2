import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Blocks {
  /** A folder in which no other user may write. */
  readonly directory: string;
  /** Bytes of each. */
  readonly length: number;
  /** How many there are in memory: each stays as it is until so many less one have come after it. */
  readonly count: number;
}

/** Milliseconds that connecting both ends may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Bytes of a socket's path, on the system that takes the fewest. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Both ends of a pipe; the writer is for a program, whose it is alone once it is destroyed here. */
export async function openBlockPipe(blocks: Blocks): Promise<{ reader: BlockReader; writer: Socket }> {
  // In a folder that no other user can enter, and only until both are connected.
  const folder = await mkdtemp(placeFor(blocks.directory));
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(folder, SOCKET);
    await once(server.listen(path), 'listening');
    const connected = once(server, 'connection', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    const reader = new BlockReader(path, blocks);
    const [writer] = (await connected) as [Socket];
    return { reader, writer };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const SOCKET = 'socket';

/** Where a folder for a socket is made, up to the six characters that `mkdtemp` adds. */
function placeFor(directory: string): string {
  const wanted = join(directory, 'pipe-');
  const length = Buffer.byteLength(join(`${wanted}XXXXXX`, SOCKET));
  return length <= MAX_SOCKET_PATH_BYTES ? wanted : join(tmpdir(), 'facet-pipe-');
}

/**
 * Reads what comes through a socket in blocks of one length, into memory that is taken once and filled again and again:
 * for what is read from a program in the usual way Node takes new memory every 64 KiB, and to collect it costs more than
 * to read it.
 */
export class BlockReader {
  private readonly socket: Socket;
  /** The first one is being filled. */
  private readonly ring: Uint8Array<ArrayBuffer>[];
  private filled = 0;
  private answer: (block: Uint8Array | null) => void = () => undefined;
  private failure: Error | null = null;

  constructor(path: string, { length, count }: Pick<Blocks, 'length' | 'count'>) {
    this.ring = Array.from({ length: count }, () => new Uint8Array(length));
    this.socket = connect({ path, onread: { buffer: () => this.room(), callback: (bytes) => this.received(bytes) } })
      .on('error', (error) => (this.failure = error))
      .on('close', () => {
        this.answer(null);
      });
  }

  /** Whole blocks as they come; a rest at the end is none. Nothing is read ahead. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let block = await this.next(); block; block = await this.next()) yield block;
    if (this.failure) throw this.failure;
  }

  close(): void {
    this.socket.destroy();
  }

  private next(): Promise<Uint8Array | null> {
    if (this.socket.destroyed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.answer = resolve;
      this.socket.resume();
    });
  }

  private received(bytes: number): boolean {
    this.filled += bytes;
    const [block] = this.ring;
    if (!block || this.filled < block.length) return true;
    this.ring.push(...this.ring.splice(0, 1));
    this.filled = 0;
    this.answer(block);
    // It goes on when the next one is asked for.
    return false;
  }

  private room(): Uint8Array<ArrayBuffer> {
    return this.ring[0]?.subarray(this.filled) ?? new Uint8Array();
  }
}
