import { csvCell } from '../platform/csv-cell.js';
import { CsvEncoder } from './csv-encoder.js';
import type { ExportColumn } from './exports.dto.js';
import { distinctNames } from './column-names.js';

/**
 * CSV by RFC 4180: commas, CRLF, no byte order mark, formulas made harmless. A value that is not there leaves its cell
 * empty; an empty text is `""`.
 */
export async function* writeCsv(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer | string> {
  yield `${distinctNames(columns).map(csvCell).join(',')}\r\n`;
  const encoder = new CsvEncoder(columns.map(({ type }) => type));
  for await (const lines of rows) yield encoder.encode(lines);
}
