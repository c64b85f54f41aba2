import { CsvFault } from './csv-fault.js';
import { dialectOf, SAMPLE } from './csv-dialect.js';
import { type Columns, columnsOf } from './csv-header.js';
import { CsvReader, type TakeRecord } from './csv-reader.js';
import { checkText, markLength, refuseOtherEncodings } from './csv-text.js';

/** A CSV file whose first line names its columns, read piece by piece into rows. */
export class CsvTable {
  /** Known before the first row is taken. */
  columns: Columns = { url: 0, others: [] };

  /** Rows so far. */
  rows = 0;

  private reader: CsvReader | null = null;
  private sample: Buffer = Buffer.alloc(0);
  private headerRead = false;

  /** @param urlColumn the name of the column of URLs, where the upload says one. */
  constructor(
    private readonly urlColumn: string | undefined,
    private readonly takeRow: TakeRecord,
  ) {}

  /** @throws CsvFault */
  read(piece: Buffer): void {
    if (this.reader) {
      this.reader.read(piece, false, this.take);
      return;
    }
    this.sample = Buffer.concat([this.sample, piece]);
    if (this.sample.length >= SAMPLE) this.begin(false);
  }

  /** @throws CsvFault */
  end(): void {
    if (this.reader) this.reader.read(Buffer.alloc(0), true, this.take);
    else this.begin(true);
    if (this.rows === 0) throw new CsvFault('empty', 'The file has no rows.');
  }

  private begin(complete: boolean): void {
    refuseOtherEncodings(this.sample);
    const text = this.sample.subarray(markLength(this.sample));
    checkText(complete ? text : text.subarray(0, text.lastIndexOf(LINE_FEED) + 1), 1);
    const dialect = dialectOf(text, complete);
    this.columns = columnsOf(dialect, this.urlColumn);
    this.reader = new CsvReader(dialect.delimiter);
    this.sample = Buffer.alloc(0);
    this.reader.read(text, complete, this.take);
  }

  private readonly take: TakeRecord = (record, bytes, line) => {
    if (!this.headerRead) {
      this.headerRead = true;
      return;
    }
    this.rows += 1;
    this.takeRow(record, bytes, line);
  };
}

const LINE_FEED = 0x0a;
