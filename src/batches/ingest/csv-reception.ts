import type { MultipartFile } from '@fastify/multipart';
import { pipeline } from 'node:stream/promises';
import { fileTooLarge, type Fields } from '../../platform/http/multipart/multipart.js';
import type { CsvConverter } from './rows/csv-converter.js';
import type { Summary } from './rows/summary.js';

/** Bytes of a piece that the reader gets at once. */
const PIECE = 262_144;

/** Pieces that are kept until the form has ended, so that a small file may come before the fields that concern it. */
const HELD = 4;

/** Where a file goes: through its reader into what takes rows. */
export interface Way {
  readonly converter: CsvConverter;
  write(rows: Uint8Array): Promise<void>;
}

/** Takes in one file. A small one is read when the whole form is known, a large one while it comes in. */
export class CsvReception {
  /** Whether the file was so large that it was read before the fields behind it had come. */
  early = false;

  private way: Way | undefined;
  private readonly held: Uint8Array<ArrayBuffer>[] = [];
  private piece = new Uint8Array(PIECE);
  private filled = 0;
  /** Rows that the reader is about to find while the next piece comes in. */
  private rows: Promise<Uint8Array> | undefined;
  private received = 0;

  /** @param begin opens the way once it is clear which fields the file is read with. */
  constructor(
    private readonly maxBytes: number,
    private readonly begin: (fields: Fields) => Promise<Way>,
  ) {}

  /** @throws file_too_large, and what the way throws. */
  async take(part: Pick<MultipartFile, 'file'>, signal: AbortSignal, before: Fields): Promise<void> {
    let failure: unknown;
    const read = (chunks: AsyncIterable<Buffer>) =>
      this.takeChunks(chunks, before).catch((error: unknown) => {
        failure = error;
        throw error;
      });
    try {
      await pipeline(part.file, read, { signal });
    } catch (error) {
      // A pipeline may tell that it was aborted, and not why.
      throw failure ?? error;
    }
    if (part.file.truncated) throw fileTooLarge(this.maxBytes);
  }

  /** Reads what is left. @param fields of the whole form. */
  async end(fields: Fields): Promise<Summary> {
    const way = (this.way ??= await this.begin(fields));
    for (const piece of this.held.splice(0)) await this.convert(way, piece);
    await this.convert(way, this.piece.slice(0, this.filled));
    if (this.rows) await way.write(await this.rows);
    const { bytes, summary } = await way.converter.end();
    await way.write(bytes);
    return summary;
  }

  close(): void {
    this.way?.converter.leave();
  }

  private async takeChunks(chunks: AsyncIterable<Buffer>, before: Fields): Promise<void> {
    for await (const chunk of chunks) {
      this.received += chunk.length;
      if (this.received > this.maxBytes) throw fileTooLarge(this.maxBytes);
      for (let at = 0; at < chunk.length;) {
        const count = Math.min(chunk.length - at, PIECE - this.filled);
        this.piece.set(chunk.subarray(at, at + count), this.filled);
        this.filled += count;
        at += count;
        if (this.filled === PIECE) await this.passOn(before);
      }
    }
  }

  private async passOn(before: Fields): Promise<void> {
    this.held.push(this.piece);
    this.piece = new Uint8Array(PIECE);
    this.filled = 0;
    if (!this.way && this.held.length < HELD) return;
    this.early = true;
    const way = (this.way ??= await this.begin({ ...before }));
    for (const piece of this.held.splice(0)) await this.convert(way, piece);
  }

  /** The reader works on one piece while the rows of the piece before go to the database. */
  private async convert(way: Way, piece: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = this.rows;
    this.rows = way.converter.convert(piece);
    this.rows.catch(() => undefined);
    if (before) await way.write(await before);
  }
}
