import type { Connection, Submittable } from 'pg';

/** Bytes of one piece; a longer row makes a longer piece. */
const PIECE = 131_072;

/** Bytes that wait for the reader before PostgreSQL has to wait too. */
const ENOUGH = 4 * PIECE;

/** The rows that a `COPY … TO STDOUT` sends, in pieces of whole lines; a reader who waits lets PostgreSQL wait. */
export class CopyRows implements Submittable, AsyncIterable<Buffer> {
  private socket: Connection['stream'] | undefined;
  private readonly full: Buffer[] = [];
  private piece = Buffer.allocUnsafe(PIECE);
  private from = 0;
  private to = 0;
  private waiting = 0;
  private state: 'running' | 'complete' | Error = 'running';
  private wake: () => void = () => undefined;
  private accept: () => void = () => undefined;
  private refuse: (error: Error) => void = () => undefined;

  /**
   * Resolves when PostgreSQL has taken the statement and is about to look for the first row; rejects with its refusal, of
   * which a caller can still be told properly.
   */
  readonly accepted = new Promise<void>((resolve, reject) => {
    this.accept = resolve;
    this.refuse = reject;
  });

  constructor(private readonly statement: string) {
    // The error is the reader's too; who does not wait for this must not end the process.
    this.accepted.catch(() => undefined);
  }

  /** Whether PostgreSQL has sent every row and is ready for something else. */
  get complete(): boolean {
    return this.state === 'complete';
  }

  submit(connection: Connection): void {
    this.socket = connection.stream;
    connection.once('copyOutResponse', this.accept);
    connection.query(this.statement);
  }

  /** One row: its bytes stay as they are only until this returns. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.to + chunk.length > this.piece.length) this.startPiece(chunk.length);
    this.piece.set(chunk, this.to);
    this.to += chunk.length;
    this.waiting += chunk.length;
    if (this.waiting >= ENOUGH) this.socket?.pause();
    this.wake();
  }

  private startPiece(bytes: number): void {
    if (this.to > this.from) this.full.push(this.piece.subarray(this.from, this.to));
    this.piece = Buffer.allocUnsafe(Math.max(PIECE, bytes));
    this.from = this.to = 0;
  }

  handleCommandComplete(): void {
    // The connection is free only with the message that follows.
  }

  handleReadyForQuery(): void {
    if (this.state === 'running') this.end('complete');
  }

  handleError(error: Error): void {
    this.end(error);
  }

  private end(state: 'complete' | Error): void {
    this.state = state;
    if (state === 'complete') this.accept();
    else this.refuse(state);
    this.wake();
  }

  /** @throws whatever PostgreSQL or the connection to it failed with */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = this.take();
      if (piece) yield piece;
      else if (this.state === 'complete') return;
      else if (this.state !== 'running') throw this.state;
      else await this.change();
    }
  }

  private take(): Buffer | undefined {
    if (this.full.length === 0 && this.to > this.from) {
      this.full.push(this.piece.subarray(this.from, this.to));
      this.from = this.to;
    }
    const piece = this.full.shift();
    this.waiting -= piece?.length ?? 0;
    if (this.waiting < ENOUGH) this.socket?.resume();
    return piece;
  }

  /** The waiting reader goes on after all rows have been taken from what the socket has read at once. */
  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = () => undefined;
        resolve();
      };
    });
  }
}
