import { malformed } from './csv-fault.js';
import { CsvRecord } from './csv-record.js';
import { checkText } from './csv-text.js';

/** Bytes of one record at most: a quote that is never closed would swallow the rest of the file. */
export const MAX_RECORD = 1_048_576;

const [LINE_FEED, RETURN] = [0x0a, 0x0d];

/** Called for each record that is not a blank line; `bytes` and `record` hold until it returns. */
export type TakeRecord = (record: CsvRecord, bytes: Buffer, line: number) => void;

/** Reads CSV piece by piece; what belongs to a record that is not complete yet waits for the next piece. */
export class CsvReader {
  private readonly record: CsvRecord;
  private rest: Buffer = Buffer.alloc(0);
  /** How many bytes of the rest are known to be text. */
  private checked = 0;
  private line = 1;

  constructor(delimiter: number) {
    this.record = new CsvRecord(delimiter);
  }

  /**
   * @param final whether the file ends with this piece.
   * @throws CsvFault
   */
  read(piece: Buffer, final: boolean, take: TakeRecord): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, piece]) : piece;
    const whole = final ? bytes.length : Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(RETURN)) + 1;
    this.checkFrom(bytes, whole);
    let at = 0;
    while (at < bytes.length && this.record.read(bytes, at, final, this.line)) {
      if (!this.record.blank) take(this.record, bytes, this.line);
      at = this.record.end;
      this.line += this.record.lines;
    }
    this.keep(bytes.subarray(at), whole - at);
  }

  /** Only whole lines: a piece may end within a character, a line cannot. */
  private checkFrom(bytes: Buffer, whole: number): void {
    if (whole <= this.checked) return;
    checkText(bytes.subarray(this.checked, whole), this.line);
  }

  private keep(rest: Buffer, checked: number): void {
    if (rest.length > MAX_RECORD) {
      throw malformed(this.line, `A record is longer than ${MAX_RECORD} bytes; its quotes may not be closed.`);
    }
    // A copy: the piece may be much larger than what is left of it.
    this.rest = Buffer.from(rest);
    this.checked = Math.max(0, checked);
  }
}
