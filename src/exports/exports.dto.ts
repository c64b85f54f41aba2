import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { HeadersAtOnce } from './headers-at-once.js';

/** What an export may be made as. */
export const EXPORT_FORMATS = ['csv', 'json', 'ndjson', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** How a value is shown: `time` takes a timestamptz, `json` a json or jsonb, which JSON formats carry as it stands. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'time' | 'json';

export interface ExportColumn {
  /** Head of the column, key of the object; when it is taken already, a number is added. */
  readonly name: string;
  readonly type: ColumnType;
  /** The expression that is selected; never a caller's text. */
  readonly sql: string;
}

/** Rows as SQL: `SELECT <columns> <from>`. PostgreSQL selects at most 1,664 columns. */
export interface ExportQuery {
  readonly columns: readonly ExportColumn[];
  /** `FROM … WHERE … ORDER BY …`, with `$1` and so on for the values. */
  readonly from: string;
  readonly values: readonly unknown[];
}

/** A route that answers with an export: tells so, and its headers go before the first row is there. */
export const ApiExport = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    UseInterceptors(HeadersAtOnce),
    ApiProduces(...EXPORT_FORMATS.map((format) => EXPORT_MEDIA_TYPES[format].split(';', 1)[0] ?? '')),
    ApiOkResponse({
      description: 'The rows as an attachment, streamed. A connection that breaks off means that rows are missing.',
      schema: { type: 'string', format: 'binary' },
    }),
  );
