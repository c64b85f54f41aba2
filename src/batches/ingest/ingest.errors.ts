import { defineError, type FacetError, firstThatFit } from '../../platform/errors.js';
import type { CsvFaultFacts } from './csv/csv-fault.js';

export const csvEmpty = defineError('csv_empty', 422, 'The CSV has no rows.');

export const csvMalformed = defineError(
  'csv_malformed',
  422,
  'The file is not a CSV in UTF-8; details.line says where.',
  (line: number, message: string) => ({ message: `Line ${line}: ${message}`, details: { line } }),
);

/** Bytes of JSON that the names of the columns take. */
const COLUMNS_BYTES = 6000;

export const csvNoUrlColumn = defineError(
  'csv_no_url_column',
  422,
  'The CSV has no header, or none of its columns is that of the URLs.',
  (message: string, columns: readonly string[] | null) => ({
    message,
    details: { columns: firstThatFit(columns ?? [], COLUMNS_BYTES) },
  }),
);

export const analyzerNotConfigured = defineError(
  'analyzer_not_configured',
  422,
  'The analyzer external needs API_ENDPOINT_URL.',
);

/** What a caller is told of a fault in the file. */
export function csvRefusal({ kind, message, line, columns }: CsvFaultFacts): FacetError {
  switch (kind) {
    case 'empty':
      return csvEmpty();
    case 'malformed':
      return csvMalformed(line ?? 1, message);
    case 'no_url_column':
      return csvNoUrlColumn(message, columns);
  }
}
