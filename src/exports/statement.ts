import { escapeLiteral } from 'pg';
import type { ExportQuery } from './exports.dto.js';

/** The statement that sends the rows of a query in PostgreSQL's text format of COPY, its fastest way out. */
export function copyStatement({ columns, from, values }: ExportQuery): string {
  const select = `SELECT ${columns.map(({ sql }) => sql).join(', ')} ${from}`;
  // COPY takes no parameters: each becomes a literal, in one pass, so that what looks like one within a value stays text.
  return `COPY (${select.replace(/\$(\d+)/g, (_, number: string) => literal(values, Number(number)))}) TO STDOUT`;
}

/** @throws TypeError for a value that no literal stands for */
function literal(values: readonly unknown[], number: number): string {
  const value = values[number - 1];
  if (value === null) return 'NULL';
  if (value instanceof Date) return escapeLiteral(timestampOf(value));
  // Within a statement a NUL would be its end.
  if (typeof value === 'string' && !value.includes('\0')) return escapeLiteral(value);
  if ((typeof value === 'number' && Number.isFinite(value)) || typeof value === 'boolean') {
    return escapeLiteral(String(value));
  }
  throw new TypeError(`Parameter $${number} is no value for a statement`);
}

/**
 * A moment as PostgreSQL reads it, in UTC. It counts years before the first as 1 BC, 2 BC and so on, where ISO 8601 has a
 * year 0 and signs, and takes years beyond 9999 without the sign that ISO 8601 demands.
 * @throws RangeError for a date that is no moment
 */
export function timestampOf(moment: Date): string {
  const year = moment.getUTCFullYear();
  const withinYear = moment.toISOString().replace(/^[+-]?\d+/, '');
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return `${shown}${withinYear}${year > 0 ? '' : ' BC'}`;
}
