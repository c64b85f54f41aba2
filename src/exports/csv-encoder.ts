import { csvCell, startsFormula } from '../platform/csv-cell.js';
import { unescape } from './copy-text.js';
import type { ColumnType } from './exports.dto.js';

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, COMMA, POINT, ZERO, BACKSLASH] = [9, 10, 13, 32, 34, 44, 46, 48, 92];
const [T, Z, LOWER_T, N] = [84, 90, 116, 78];

/** What a byte within a cell means: nothing, its end, or that the cell has to be quoted. */
const [PLAIN, END, QUOTED] = [0, 1, 2];
const KIND = new Uint8Array(256);
for (const byte of [TAB, LINE_FEED]) KIND[byte] = END;
for (const byte of [QUOTE, COMMA, BACKSLASH]) KIND[byte] = QUOTED;

/** First bytes of what may start a formula: signs, white space, an escape, and the beginnings of wide ones in UTF-8. */
const SUSPICIOUS = new Uint8Array(256);
for (const byte of [...Buffer.from('=+-@ \\'), 0xc2, 0xe1, 0xe2, 0xe3, 0xef]) SUSPICIOUS[byte] = 1;

/** What stands for the byte after a backslash. */
const ESCAPED = Uint8Array.from({ length: 256 }, (_, byte) => byte);
for (const [letter, byte] of Object.entries({ b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 })) {
  ESCAPED[letter.charCodeAt(0)] = byte;
}

/** Bytes that one byte may become at most: the end of an empty text in the last column, quotes and a line end. */
const GROWTH = 4;

const BOOLEANS = { true: Buffer.from('true'), false: Buffer.from('false') };

/**
 * Makes CSV of COPY's text format, from bytes to bytes: a million rows are too many to make strings of. Only a cell that
 * may start a formula becomes one.
 */
export class CsvEncoder {
  private input: Buffer = Buffer.alloc(0);
  private at = 0;
  private output = Buffer.alloc(0);
  private length = 0;

  constructor(private readonly types: readonly ColumnType[]) {}

  /** @param lines whole lines. */
  encode(lines: Buffer): Buffer {
    if (this.output.length < lines.length * GROWTH) this.output = Buffer.allocUnsafe(lines.length * GROWTH);
    this.input = lines;
    this.at = this.length = 0;
    while (this.at < lines.length) this.row();
    return Buffer.from(this.output.subarray(0, this.length));
  }

  private row(): void {
    const { types } = this;
    for (let column = 0; column < types.length; column += 1) {
      if (column > 0) this.output[this.length++] = COMMA;
      if (this.input[this.at] === BACKSLASH && this.input[this.at + 1] === N) this.at += 2;
      else this.cell(types[column]);
      // The tab or line feed behind it.
      this.at += 1;
    }
    this.output[this.length++] = RETURN;
    this.output[this.length++] = LINE_FEED;
  }

  private cell(type: ColumnType | undefined): void {
    if (type === 'text') this.text();
    else if (type === 'json') this.quoted();
    else if (type === 'time') this.time();
    else if (type === 'boolean') this.boolean();
    else this.plain();
  }

  private text(): void {
    const first = this.input[this.at] ?? 0;
    if (SUSPICIOUS[first] === 1 && this.formula()) return;
    if (KIND[first] === END) this.quoted();
    else this.plain();
  }

  /** Writes the cell when it would start a formula. */
  private formula(): boolean {
    let end = this.at;
    while (KIND[this.input[end] ?? TAB] !== END) end += 1;
    const value = unescape(this.input.toString('utf8', this.at, end));
    if (!startsFormula(value)) return false;
    this.length += this.output.write(csvCell(value), this.length);
    this.at = end;
    return true;
  }

  /** Copies the cell as long as nothing in it asks for quotes. */
  private plain(): void {
    const { input, output } = this;
    let { at, length } = this;
    let byte = input[at] ?? TAB;
    while (KIND[byte] === PLAIN) {
      output[length++] = byte;
      byte = input[++at] ?? TAB;
    }
    if (KIND[byte] === QUOTED) {
      this.quoted();
      return;
    }
    this.at = at;
    this.length = length;
  }

  private quoted(): void {
    const { input, output } = this;
    let { at, length } = this;
    output[length++] = QUOTE;
    for (let byte = input[at] ?? TAB; KIND[byte] !== END; byte = input[++at] ?? TAB) {
      if (byte === BACKSLASH) byte = ESCAPED[input[++at] ?? BACKSLASH] ?? BACKSLASH;
      else if (byte === QUOTE) output[length++] = QUOTE;
      output[length++] = byte;
    }
    output[length++] = QUOTE;
    this.at = at;
    this.length = length;
  }

  private boolean(): void {
    this.length += BOOLEANS[this.input[this.at] === LOWER_T ? 'true' : 'false'].copy(this.output, this.length);
    this.at += 1;
  }

  /** As `isoTime` writes it. */
  private time(): void {
    const { input, output } = this;
    if (input[this.at + 10] !== SPACE) {
      this.plain();
      return;
    }
    for (let index = 0; index < 19; index += 1)
      output[this.length++] = index === 10 ? T : (input[this.at + index] ?? ZERO);
    this.at += 19;
    output[this.length++] = POINT;
    let digits = 0;
    if (input[this.at] === POINT) {
      for (this.at += 1; (input[this.at] ?? 0) >= ZERO; this.at += 1) {
        if (digits++ < 3) output[this.length++] = input[this.at] ?? ZERO;
      }
    }
    for (; digits < 3; digits += 1) output[this.length++] = ZERO;
    output[this.length++] = Z;
    // `+00`, for the connection speaks of UTC; behind it stands something only before the year 1.
    this.at += 3;
    this.plain();
  }
}
