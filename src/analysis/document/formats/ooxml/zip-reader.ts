import type { Readable } from 'node:stream';

import type { Entry, ZipFile } from 'yauzl';

import { archiveTooLarge, documentEncrypted, documentUnreadable } from '../../../analysis.failures.js';
import { WorkFailure } from '../../../../platform/work-failure.js';

const MEGABYTE = 1024 * 1024;
/** What an archive may grow by, and what is inflated of it, in MB. */
const MAX_UNPACKED_MB = 200;
const MAX_ENTRIES = 10_000;
/** Office files pack at 5–50 to one; deflate cannot do more than about 1030, and only on data made for it. */
const MAX_RATIO = 300;
/** Below this size a ratio says nothing. */
const MIN_RATIO_BYTES = 4 * MEGABYTE;

/**
 * A ZIP archive whose directory was checked before anything is inflated, and whose entries are counted while they are,
 * since declared sizes lie. Names are compared without case, as the packaging standard wants.
 */
export class ZipReader {
  private inflated = 0;

  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws WorkFailure archive_too_large, document_encrypted, document_unreadable */
  static async open(path: string): Promise<ZipReader> {
    const { openPromise } = await import('yauzl');
    // Sizes are checked here, in a way that tells a bomb from a damaged file.
    const zip = await readable(openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: false }));
    try {
      return new ZipReader(zip, await directoryOf(zip));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /** An entry's bytes as they are inflated; nothing when there is no such entry. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name.toLowerCase());
    if (!entry) return;
    const stream = await readable(this.zip.openReadStreamPromise(entry));
    let size = 0;
    try {
      for await (const chunk of chunksOf(stream)) {
        size += chunk.length;
        this.count(chunk.length, size, entry.compressedSize);
        // What goes beyond the declared size is a bomb or damage: read on to know which, but not passed on.
        if (size <= entry.uncompressedSize) yield chunk;
      }
    } finally {
      stream.destroy();
    }
    if (size !== entry.uncompressedSize) throw documentUnreadable();
  }

  close(): void {
    this.zip.close();
  }

  /** An entry may be read more than once, and every time counts. */
  private count(bytes: number, size: number, packed: number): void {
    this.inflated += bytes;
    if (this.inflated > MAX_UNPACKED_MB * MEGABYTE || isBomb(size, packed)) throw archiveTooLarge(MAX_UNPACKED_MB);
  }
}

async function directoryOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw archiveTooLarge(MAX_UNPACKED_MB);
  const entries = new Map<string, Entry>();
  // Images and videos are stored as they are: only what an archive grows by counts.
  let allowed = zip.fileSize + MAX_UNPACKED_MB * MEGABYTE;
  for await (const entry of entriesOf(zip)) {
    allowed -= entry.uncompressedSize;
    if (allowed < 0 || isBomb(entry.uncompressedSize, entry.compressedSize)) throw archiveTooLarge(MAX_UNPACKED_MB);
    if (entry.isEncrypted()) throw documentEncrypted();
    entries.set(entry.fileName.toLowerCase(), entry);
  }
  return entries;
}

function isBomb(unpacked: number, packed: number): boolean {
  return unpacked > MIN_RATIO_BYTES && unpacked > packed * MAX_RATIO;
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    for await (const entry of zip.eachEntry()) yield entry;
  } catch (error) {
    throw asFailure(error);
  }
}

async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield Buffer.from(chunk as Buffer);
  } catch (error) {
    throw asFailure(error);
  }
}

async function readable<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw asFailure(error);
  }
}

/** Whatever yauzl or zlib find wrong with an archive is the archive's fault. */
function asFailure(error: unknown): WorkFailure {
  return error instanceof WorkFailure ? error : documentUnreadable();
}
