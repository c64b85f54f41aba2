import { closeSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 64 * 1024;

/** Reads a file of any size through a window of 64 kB, for walking along its headers. */
export class FileWindow {
  private readonly buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  private start = 0;
  private length = 0;

  private constructor(private readonly descriptor: number) {}

  static look<T>(path: string, use: (file: FileWindow) => T): T {
    const descriptor = openSync(path, 'r');
    try {
      return use(new FileWindow(descriptor));
    } finally {
      closeSync(descriptor);
    }
  }

  /** `length` bytes (64 kB at most) from `offset`; fewer where the file ends before. */
  bytes(offset: number, length: number): Buffer {
    if (offset < this.start || offset + length > this.start + this.length) {
      this.start = offset;
      this.length = readSync(this.descriptor, this.buffer, 0, WINDOW_BYTES, offset);
    }
    return this.buffer.subarray(offset - this.start, Math.min(this.length, offset - this.start + length));
  }
}
