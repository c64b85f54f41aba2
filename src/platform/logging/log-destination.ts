import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Lines are written once they have this many characters. */
const FLUSH_LENGTH = 4096;

/** Lines are written after this time at the latest. */
const FLUSH_INTERVAL_MS = 100;

/** Characters that are buffered while nothing can be written; further lines are lost. */
const MAX_BUFFER_LENGTH = 16 * 1024 * 1024;

/** Retries for a full pipe by a process that ends, one each FLUSH_INTERVAL_MS. */
const MAX_RETRIES = 20;

const NOTHING = Buffer.alloc(0);

/**
 * Lines on their way into an open file, written in the background in their order. When that fails, for the disk is full
 * for example, it is said once on standard error, the lines wait for better times, and Facet goes on. (The one that comes
 * with pino ends the process then, or tries for ever while it ends.)
 */
export class LogDestination implements DestinationStream {
  private waiting = '';
  /** What is being written, or has to be before what waits. */
  private begun: Buffer = NOTHING;
  private writing = false;
  private failing = false;

  constructor(
    private readonly fd: number,
    private readonly name: string,
  ) {
    setInterval(() => {
      this.flush();
    }, FLUSH_INTERVAL_MS).unref();
    process.on('exit', () => {
      this.flushSync();
    });
  }

  write(line: string): void {
    if (this.waiting.length < MAX_BUFFER_LENGTH) this.waiting += line;
    if (this.waiting.length >= FLUSH_LENGTH && !this.failing) this.flush();
  }

  /** For the end of the process: everything but what the system is writing already. */
  flushSync(): void {
    if (this.failing) return;
    const bytes = Buffer.concat([this.writing ? NOTHING : this.begun, Buffer.from(this.waiting)]);
    this.waiting = '';
    if (!this.writing) this.begun = NOTHING;
    let tries = 0;
    for (let at = 0; at < bytes.length && tries < MAX_RETRIES;) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (error) {
        if (this.isFailing(error as NodeJS.ErrnoException)) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FLUSH_INTERVAL_MS);
      }
    }
  }

  private flush(): void {
    if (this.writing) return;
    if (this.begun.length === 0) {
      this.begun = Buffer.from(this.waiting);
      this.waiting = '';
    }
    if (this.begun.length === 0) return;
    this.writing = true;
    write(this.fd, this.begun, (error, written) => {
      this.writing = false;
      if (this.isFailing(error) || error) return;
      this.begun = this.begun.subarray(written);
      if (this.begun.length > 0 || this.waiting.length >= FLUSH_LENGTH) this.flush();
    });
  }

  /** What the outcome says of the next try; tells when writing begins to fail. */
  private isFailing(error: NodeJS.ErrnoException | null): boolean {
    // The reader of the pipe has not kept up.
    if (error?.code === 'EAGAIN') return false;
    if (error && !this.failing) complain(`The log cannot be written to ${this.name}: ${error.message}\n`);
    this.failing = error !== null;
    return this.failing;
  }
}

function complain(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Standard error cannot be written either.
  }
}
