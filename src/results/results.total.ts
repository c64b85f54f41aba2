import { Conditions, type ResultsFilter } from './results.filter.js';

const HOUR = 3_600_000;

/**
 * How many analyses there are, whatever they are called, as an expression of SQL: whole hours from the totals, the rest of
 * the first and last hour from an index.
 *
 * @param values of the statement that it becomes a part of
 */
export function totalOf(filter: ResultsFilter, values: unknown[]): string {
  const { from, before } = filter;
  const first = from && new Date(Math.ceil(from.getTime() / HOUR) * HOUR);
  const last = before && new Date(Math.floor(before.getTime() / HOUR) * HOUR);
  if (first && last && first >= last) return ofRows(filter, values);
  const parts = [ofHours({ ...filter, from: first, before: last }, values)];
  if (from && first && from < first) parts.push(ofRows({ ...filter, before: first }, values));
  if (before && last && last < before) parts.push(ofRows({ ...filter, from: last }, values));
  return parts.join(' + ');
}

function ofHours(filter: ResultsFilter, values: unknown[]): string {
  const conditions = new Conditions(filter, values).between(filter, 'hour');
  return `(SELECT coalesce(sum(analyses), 0) FROM analysis_totals WHERE ${conditions.sql})`;
}

function ofRows(filter: ResultsFilter, values: unknown[]): string {
  const conditions = new Conditions(filter, values).between(filter);
  return `(SELECT count(*) FROM analyses WHERE ${conditions.sql})`;
}
