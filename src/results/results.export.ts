import { ARTIFACT_OF_ANALYSIS } from '../analysis/analysis.files.js';
import type { ExportColumn, ExportFormat, ExportQuery } from '../exports/exports.dto.js';
import { Conditions, type ResultsFilter } from './results.filter.js';
import type { Direction } from './results.queries.js';

/** What a row shows in every format, in the order of the list. */
const LEADING_COLUMNS: readonly ExportColumn[] = [
  { name: 'id', type: 'text', sql: 'a.id' },
  { name: 'file_type', type: 'text', sql: 'a.file_type' },
  { name: 'filename', type: 'text', sql: 'a.filename' },
  { name: 'media_type', type: 'text', sql: 'a.media_type' },
  { name: 'size_bytes', type: 'number', sql: 'a.size_bytes' },
  { name: 'sha256', type: 'text', sql: 'a.sha256' },
  { name: 'status', type: 'text', sql: 'a.status' },
  { name: 'progress', type: 'number', sql: 'a.progress' },
  { name: 'job_id', type: 'text', sql: 'a.job_id' },
  { name: 'attempts', type: 'number', sql: 'a.attempts' },
];

const TRAILING_COLUMNS: readonly ExportColumn[] = [
  { name: 'processing_time', type: 'number', sql: 'a.processing_time::float8' },
  { name: 'created_at', type: 'time', sql: 'a.created_at' },
  { name: 'started_at', type: 'time', sql: 'a.started_at' },
  { name: 'completed_at', type: 'time', sql: 'a.completed_at' },
];

/** A table: no cell holds a list but the results. Artifacts would cost a million rows half as much again. */
const TABLE: readonly ExportColumn[] = [
  ...LEADING_COLUMNS,
  { name: 'features', type: 'text', sql: `array_to_string(a.features, ',')` },
  { name: 'results', type: 'json', sql: 'a.results' },
  { name: 'error_code', type: 'text', sql: 'a.error_code' },
  { name: 'error_message', type: 'text', sql: 'a.error_message' },
  ...TRAILING_COLUMNS,
];

const ERROR = `CASE WHEN a.error_code IS NOT NULL
                    THEN json_build_object('code', a.error_code, 'message', coalesce(a.error_message, '')) END`;

const ARTIFACTS = `
  coalesce((SELECT json_agg(json_build_object('name', f.name, 'media_type', f.media_type, 'size_bytes', f.size_bytes,
                                              'url', '/api/v1/results/' || a.id || '/artifacts/' || f.name)
                            ORDER BY length(f.name), f.name)
              FROM files AS f WHERE ${ARTIFACT_OF_ANALYSIS}), '[]')`;

/** Objects as `AnalysisResponse` shows them. */
const OBJECTS: readonly ExportColumn[] = [
  ...LEADING_COLUMNS,
  { name: 'features', type: 'json', sql: 'to_json(a.features)' },
  { name: 'results', type: 'json', sql: 'a.results' },
  { name: 'error', type: 'json', sql: ERROR },
  ...TRAILING_COLUMNS,
  { name: 'artifacts', type: 'json', sql: ARTIFACTS },
];

/** What administrators are shown besides. */
const STAFF: readonly ExportColumn[] = [
  { name: 'owner_id', type: 'text', sql: 'a.owner_id' },
  { name: 'ip_address', type: 'text', sql: 'host(a.ip_address)' },
  { name: 'user_agent', type: 'text', sql: 'a.user_agent' },
];

export interface ExportView {
  readonly direction: Direction;
  readonly format: ExportFormat;
  readonly forStaff: boolean;
}

/** The rows of a list, all of them, in its order. */
export function exportQuery(filter: ResultsFilter, { direction, format, forStaff }: ExportView): ExportQuery {
  const conditions = new Conditions(filter).between(filter).matching(filter.q);
  const columns = format === 'csv' || format === 'xlsx' ? TABLE : OBJECTS;
  return {
    columns: forStaff ? [...columns, ...STAFF] : columns,
    from: `FROM analyses AS a WHERE ${conditions.sql} ORDER BY a.created_at ${direction}, a.id ${direction}`,
    values: conditions.values,
  };
}
