import { malformed } from './csv-fault.js';

/** Fields of one record at most. */
export const MAX_FIELDS = 1_000;

const [QUOTE, LINE_FEED, RETURN] = [0x22, 0x0a, 0x0d];

/** Where the bytes ended before the record did. */
const UNFINISHED = -1;

/**
 * Finds the fields of one record at a time after RFC 4180, in bytes: UTF-8 has none of its marks within a character. A
 * quote opens a field only as its first byte and is a character like any other later on.
 */
export class CsvRecord {
  /** How many fields there are. */
  size = 0;

  /** Where the next record begins. */
  end = 0;

  /** Line breaks within and after the record. */
  lines = 0;

  private bytes: Buffer = Buffer.alloc(0);
  private readonly starts = new Int32Array(MAX_FIELDS);
  private readonly ends = new Int32Array(MAX_FIELDS);
  /** 1 for a field with doubled quotes in it. */
  private readonly doubled = new Uint8Array(MAX_FIELDS);

  /** @param delimiter a byte; -1 when every record is one field. */
  constructor(private readonly delimiter: number) {}

  /**
   * Reads the record that begins at `from`; false when more bytes are needed to tell where it ends.
   * @param line where the record begins, for what is said of a fault.
   * @throws CsvFault
   */
  read(bytes: Buffer, from: number, final: boolean, line: number): boolean {
    this.bytes = bytes;
    this.size = 0;
    this.lines = 0;
    for (let at = from; ; at += 1) {
      if (this.size === MAX_FIELDS) throw malformed(line, `A record has more than ${MAX_FIELDS} fields.`);
      at = bytes[at] === QUOTE ? this.quoted(at + 1, final, line) : this.plain(at);
      if (at === UNFINISHED) return false;
      if (at === bytes.length && !final) return false;
      if (at < bytes.length && bytes[at] === this.delimiter) continue;
      return this.finish(at, final);
    }
  }

  /** Whether the line had nothing on it. */
  get blank(): boolean {
    return this.size === 1 && this.starts[0] === this.ends[0] && this.bytes[(this.starts[0] ?? 0) - 1] !== QUOTE;
  }

  startOf(field: number): number {
    return this.starts[field] ?? 0;
  }

  endOf(field: number): number {
    return this.ends[field] ?? 0;
  }

  /** Whether what stands between start and end has quotes that are doubled. */
  isDoubled(field: number): boolean {
    return this.doubled[field] === 1;
  }

  text(field: number): string {
    if (field >= this.size) return '';
    const text = this.bytes.toString('utf8', this.starts[field], this.ends[field]);
    return this.doubled[field] === 1 ? text.replaceAll('""', '"') : text;
  }

  private plain(start: number): number {
    const { bytes, delimiter } = this;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LINE_FEED || byte === RETURN || byte === delimiter) break;
    }
    this.add(start, at, 0);
    return at;
  }

  private quoted(start: number, final: boolean, line: number): number {
    const { bytes } = this;
    const opened = line + this.lines;
    let doubled = 0;
    let at = bytes.indexOf(QUOTE, start);
    while (at >= 0 && bytes[at + 1] === QUOTE) {
      doubled = 1;
      at = bytes.indexOf(QUOTE, at + 2);
    }
    // The last byte may be the first of two quotes.
    if (at < 0 || (at === bytes.length - 1 && !final)) {
      if (final) throw malformed(opened, 'A quoted field is never closed.');
      return UNFINISHED;
    }
    this.add(start, at, doubled);
    this.lines += lineBreaks(bytes, start, at);
    if (at + 1 < bytes.length && !this.divides(bytes[at + 1])) {
      throw malformed(line + this.lines, 'Text follows the closing quote of a field.');
    }
    return at + 1;
  }

  private add(start: number, end: number, doubled: number): void {
    this.starts[this.size] = start;
    this.ends[this.size] = end;
    this.doubled[this.size] = doubled;
    this.size += 1;
  }

  private divides(byte: number | undefined): boolean {
    return byte === this.delimiter || byte === LINE_FEED || byte === RETURN;
  }

  /** Steps over the line break, which is LF, CR LF, or CR alone. */
  private finish(at: number, final: boolean): boolean {
    const { bytes } = this;
    if (at < bytes.length) this.lines += 1;
    if (bytes[at] === RETURN && at + 1 === bytes.length && !final) return false;
    this.end = bytes[at] === RETURN && bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
    return true;
  }
}

/** Line breaks between two places: LF, CR LF, or CR alone. */
export function lineBreaks(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === LINE_FEED || (byte === RETURN && bytes[at + 1] !== LINE_FEED)) count += 1;
  }
  return count;
}
