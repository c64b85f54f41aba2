import { CsvFault, malformed } from './csv-fault.js';
import { CsvRecord } from './csv-record.js';

/** Bytes at the start of a file by which its delimiter and the column of its URLs are told. */
export const SAMPLE = 65_536;

/** Records that are looked at. */
const SAMPLE_RECORDS = 100;

const [COMMA, SEMICOLON, TAB] = [0x2c, 0x3b, 0x09];

/** No byte at all: every record is one field. */
const NONE = -1;

const TOO_LONG = `The header is longer than ${SAMPLE} bytes.`;

/** What the start of a file shows when it is read with one delimiter. */
export interface Dialect {
  readonly delimiter: number;
  /** The names as they stand there. */
  readonly header: readonly string[];
  /** The first records after it. */
  readonly records: readonly (readonly string[])[];
  /** What ended the reading early. */
  readonly fault?: CsvFault;
}

/**
 * The delimiter is one that divides the header: where it names one column, commas in an address divide nothing. Of several
 * the one is taken by which most of the first records have as many fields as the header.
 * @param complete whether the sample is the whole file.
 * @throws CsvFault when there is no header.
 */
export function dialectOf(sample: Buffer, complete: boolean): Dialect {
  const dialects = [COMMA, SEMICOLON, TAB, NONE].map((delimiter) => reading(sample, complete, delimiter));
  const [best] = dialects
    .filter(({ header }) => header.length > 1)
    .map((dialect) => ({ dialect, score: evenness(dialect) }))
    .sort((one, other) => other.score - one.score || other.dialect.header.length - one.dialect.header.length);
  const dialect = best?.dialect ?? dialects.at(-1);
  if (dialect && dialect.header.length > 0) return dialect;
  throw dialect?.fault ?? (complete ? new CsvFault('empty', 'The file has no rows.') : malformed(1, TOO_LONG));
}

function reading(sample: Buffer, complete: boolean, delimiter: number): Dialect {
  const record = new CsvRecord(delimiter);
  const records: string[][] = [];
  let fault: CsvFault | undefined;
  let line = 1;
  try {
    for (let at = 0; at < sample.length && records.length <= SAMPLE_RECORDS; at = record.end) {
      if (!record.read(sample, at, complete, line)) break;
      if (!record.blank) records.push(Array.from({ length: record.size }, (_field, index) => record.text(index)));
      line += record.lines;
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    fault = error;
  }
  const [header = [], ...rows] = records;
  return { delimiter, header, records: rows, fault };
}

/** The share of records that have as many fields as the header. */
function evenness({ header, records }: Dialect): number {
  if (records.length === 0) return 0;
  return records.filter((record) => record.length === header.length).length / records.length;
}
