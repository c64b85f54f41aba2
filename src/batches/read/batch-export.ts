import type { ExportColumn, ExportQuery } from '../../exports/exports.dto.js';
import { endOf, timeOf } from '../../platform/http/time.js';
import type { BatchExportQuery } from './export.dto.js';

const FIRST: readonly ExportColumn[] = [
  { name: 'batch_id', type: 'text', sql: 'i.batch_id' },
  { name: 'batch_name', type: 'text', sql: 'i.batch_name' },
  { name: 'row_number', type: 'number', sql: 'i.row_number' },
  { name: 'url', type: 'text', sql: 'i.url' },
  { name: 'status', type: 'text', sql: 'i.status' },
  { name: 'attempts', type: 'number', sql: 'i.attempts' },
  { name: 'cached', type: 'boolean', sql: 'i.cached' },
  { name: 'error_class', type: 'text', sql: 'i.error_class' },
  { name: 'error_message', type: 'text', sql: 'i.error_message' },
  { name: 'duration', type: 'number', sql: 'round(i.duration::numeric, 3)::float8' },
  { name: 'completed_at', type: 'time', sql: 'i.completed_at' },
];

const RESULT: ExportColumn = { name: 'result', type: 'json', sql: 'i.result' };

/** The further columns of whatever upload a row comes from. */
const ANY_COLUMNS: ExportColumn = {
  name: 'columns',
  type: 'json',
  sql: `(SELECT json_object_agg(named.name, cell.value ORDER BY place)
           FROM batch_uploads AS u, unnest(u.columns) WITH ORDINALITY AS named (name, place)
           LEFT JOIN json_array_elements_text(i.columns) WITH ORDINALITY AS cell (value, place) USING (place)
          WHERE u.id = i.upload_id)`,
};

/**
 * Rows in the order of their batches and of their uploads.
 * @param ownerId null for whoever's.
 * @param names of the further columns where all rows are of one upload; null where they may be of several.
 */
export function exportQuery(
  ownerId: string | null,
  query: BatchExportQuery,
  names: readonly string[] | null,
): ExportQuery {
  const values: unknown[] = [];
  const where = (condition: string, value: unknown) => `${condition}$${values.push(value)}`;
  const batches = [ownerId === null ? 'true' : where('b.owner_id = ', ownerId)];
  if (query.batch_id) batches.push(where('b.id = ', query.batch_id));
  if (query.parent_batch_id) batches.push(where('b.upload_id = ', query.parent_batch_id));
  if (query.from) batches.push(where('b.created_at >= ', timeOf(query.from)));
  if (query.to) batches.push(where('b.created_at < ', endOf(query.to)));
  const status = query.status ? `AND ${where('i.status = ', query.status)}` : '';
  const own = names?.map((name, index) => ({ name, type: 'text' as const, sql: `(i.columns ->> ${index})` }));
  return {
    columns: [...FIRST, ...(own ?? [ANY_COLUMNS]), RESULT],
    from: `FROM batch_item_states AS i
           JOIN (SELECT b.id FROM batches AS b WHERE ${batches.join(' AND ')}) AS wanted ON wanted.id = i.batch_id
          WHERE true ${status} ORDER BY i.batch_id, i.row_number`,
    values,
  };
}
