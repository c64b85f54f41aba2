import { NULL, unescape } from '../copy-text.js';
import type { ColumnType } from '../exports.dto.js';
import { CELL } from './cell.js';
import { columnLetters } from './column-letters.js';

const [TAB, LINE_FEED, SPACE, MINUS, POINT, ZERO, BACKSLASH, UNDERSCORE] = [9, 10, 32, 45, 46, 48, 92, 95];
const [N, LOWER_T, LOWER_X] = [78, 116, 120];

/** What a byte within a text means, unless nothing: its end, or that the text has to be looked at as a string. */
const [END, SPECIAL] = [1, 2];
const KIND = new Uint8Array(256).fill(SPECIAL, 0, 32);
for (const byte of [TAB, LINE_FEED]) KIND[byte] = END;
// 0xEF begins what XML does not allow, and much that it does.
for (const byte of [...Buffer.from('&<>\\_'), 0xef]) KIND[byte] = SPECIAL;

/** Bytes of a text that surely fits into a cell. */
const MAX_TEXT = 32_767;

/** Digits, point and sign of a number that a double surely holds. */
const MAX_NUMBER = 15;

/** Bytes of XML around a value, and bytes that one byte of it may become at most: `_x0001_`. */
const [AROUND, GROWTH] = [96, 7];

const ROW = [Buffer.from('<row r="'), Buffer.from('">'), Buffer.from('</row>')] as const;
const TEXT = [Buffer.from('" t="inlineStr"><is><t>'), Buffer.from('</t></is></c>')] as const;
const NUMBER = [Buffer.from('"><v>'), Buffer.from('</v></c>')] as const;
const BOOLEAN = { true: Buffer.from('" t="b"><v>1</v></c>'), false: Buffer.from('" t="b"><v>0</v></c>') };

/** Makes the rows of a sheet of COPY's text format, from bytes to bytes; only what is unusual becomes a string. */
export class SheetEncoder {
  private number = 1;
  private readonly references: readonly Buffer[];
  private input: Buffer = Buffer.alloc(0);
  private at = 0;
  private output = Buffer.allocUnsafe(1_048_576);
  private length = 0;
  private digits = Buffer.alloc(0);

  constructor(private readonly types: readonly ColumnType[]) {
    this.references = types.map((_, index) => Buffer.from(`<c r="${columnLetters(index)}`));
  }

  /** Bytes of XML that have not been taken. */
  get size(): number {
    return this.length;
  }

  /** Rows of the sheet so far, with its head. */
  get rows(): number {
    return this.number;
  }

  startSheet(): void {
    this.number = 1;
  }

  take(): Buffer {
    const bytes = Buffer.from(this.output.subarray(0, this.length));
    this.length = 0;
    return bytes;
  }

  /** Writes the row that begins there; returns where the next begins. */
  row(lines: Buffer, at: number): number {
    const end = lines.indexOf(LINE_FEED, at);
    this.makeRoom((end - at) * GROWTH + this.types.length * AROUND + AROUND);
    this.input = lines;
    this.at = at;
    this.number += 1;
    this.digits = Buffer.from(String(this.number), 'latin1');
    this.put(ROW[0]);
    this.put(this.digits);
    this.put(ROW[1]);
    for (let column = 0; column < this.types.length; column += 1) {
      if (lines[this.at] === BACKSLASH && lines[this.at + 1] === N) this.at += NULL.length;
      else this.cell(column);
      // The tab or line feed behind it.
      this.at += 1;
    }
    this.put(ROW[2]);
    return this.at;
  }

  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.output.length) return;
    const larger = Buffer.allocUnsafe((this.length + bytes) * 2);
    this.output.copy(larger, 0, 0, this.length);
    this.output = larger;
  }

  private cell(column: number): void {
    const type = this.types[column] ?? 'text';
    this.put(this.references[column] ?? ROW[0]);
    this.put(this.digits);
    const { length } = this;
    if (type === 'boolean') this.boolean();
    else if (!(type === 'number' ? this.plainNumber() : type !== 'time' && this.plainText())) {
      this.length = length;
      this.unusual(type);
    }
  }

  private boolean(): void {
    this.put(BOOLEAN[this.input[this.at] === LOWER_T ? 'true' : 'false']);
    this.at += 1;
  }

  private plainNumber(): boolean {
    this.put(NUMBER[0]);
    let at = this.at;
    let byte = this.input[at] ?? TAB;
    for (; byte === MINUS || byte === POINT || (byte >= ZERO && byte <= ZERO + 9); byte = this.input[++at] ?? TAB) {
      this.output[this.length++] = byte;
    }
    if (KIND[byte] !== END || at - this.at > MAX_NUMBER) return false;
    this.at = at;
    this.put(NUMBER[1]);
    return true;
  }

  private plainText(): boolean {
    this.put(TEXT[0]);
    const { input, output, at: start } = this;
    let { at, length } = this;
    let byte = input[at] ?? TAB;
    for (; KIND[byte] !== END; byte = input[++at] ?? TAB) {
      if (KIND[byte] === SPECIAL && (byte !== UNDERSCORE || input[at + 1] === LOWER_X)) return false;
      output[length++] = byte;
    }
    if (at - start > MAX_TEXT || input[start] === SPACE || input[at - 1] === SPACE) return false;
    this.at = at;
    this.length = length;
    this.put(TEXT[1]);
    return true;
  }

  private unusual(type: ColumnType): void {
    let end = this.at;
    while (KIND[this.input[end] ?? TAB] !== END) end += 1;
    const text = unescape(this.input.toString('utf8', this.at, end));
    this.length += this.output.write(`"${CELL[type](text)}`, this.length);
    this.at = end;
  }

  private put(bytes: Uint8Array): void {
    const { output, length } = this;
    for (let index = 0; index < bytes.length; index += 1) output[length + index] = bytes[index] ?? 0;
    this.length = length + bytes.length;
  }
}
