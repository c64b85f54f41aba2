import { constants } from 'node:fs';
import { type FileHandle, open, rename, stat, truncate } from 'node:fs/promises';

/** At a start, a longer log is put aside as `….1`. */
const ROTATE_BYTES = 1024 * 1024;
/** While a server runs, a log that grows beyond this is emptied. */
const LIMIT_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 4096;

/**
 * What one server writes, in a file that is bounded. The server holds the file itself, opened for appending, and no
 * pipe to us: it can neither be held up by a busy Facet nor lose its log when Facet dies.
 */
export class ServerLog {
  private startedAt = 0;

  constructor(private readonly file: string) {}

  /** The file, for a server that is about to start; the caller closes its copy after the start. */
  async open(): Promise<FileHandle> {
    const earlier = await stat(this.file).catch(() => undefined);
    // After a start by root the log is root's: an ordinary user can put it aside in his folder, but not write to it.
    const finished = earlier && (earlier.size > ROTATE_BYTES || earlier.uid !== process.getuid?.());
    if (finished) await rename(this.file, `${this.file}.1`);
    this.startedAt = finished ? 0 : (earlier?.size ?? 0);
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    return open(this.file, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  }

  /** The last that was written since the start, at most 4 KiB. */
  async tail(): Promise<string> {
    const size = await this.size();
    const from = Math.max(this.startedAt, size - TAIL_BYTES);
    if (size <= from) return '';
    const handle = await open(this.file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      return buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await handle.close();
    }
  }

  async keepBounded(): Promise<void> {
    if ((await this.size()) <= LIMIT_BYTES) return;
    this.startedAt = 0;
    await truncate(this.file, 0);
  }

  private size(): Promise<number> {
    return stat(this.file).then(
      ({ size }) => size,
      () => 0,
    );
  }
}
