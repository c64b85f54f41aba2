import type { EntityManager } from 'typeorm';
import type { AnalysisRow } from '../analysis/analysis.dto.js';
import { ANALYSIS_COLUMNS, STAFF_COLUMNS } from '../analysis/analysis.rows.service.js';
import { Conditions, type ResultsFilter } from './results.filter.js';

export type Direction = 'ASC' | 'DESC';

/** Matches of a search are counted up to here; nobody pages further, and the rest would be counted row by row. */
export const MAX_MATCHES = 10_000;

/** Rows that a list may skip by walking; beyond, the totals say in which hour it has to begin. */
const WALK = 1_000;

const HOUR = 3_600_000;

/** How many analyses there are: whole hours from the totals, the rest of the first and last hour from an index. */
export async function count(db: EntityManager, filter: ResultsFilter): Promise<number> {
  if (filter.q !== undefined) return countMatches(db, filter);
  const { from, before } = filter;
  const first = from && new Date(Math.ceil(from.getTime() / HOUR) * HOUR);
  const last = before && new Date(Math.floor(before.getTime() / HOUR) * HOUR);
  if (first && last && first >= last) return countRows(db, filter);
  let total = await countHours(db, { ...filter, from: first, before: last });
  if (from && first && from < first) total += await countRows(db, { ...filter, before: first });
  if (before && last && last < before) total += await countRows(db, { ...filter, from: last });
  return total;
}

/** The part of a list that is wanted. */
export interface Section {
  readonly direction: Direction;
  readonly offset: number;
  readonly limit: number;
}

/** One page of rows, newest or oldest first. */
export async function list(
  db: EntityManager,
  filter: ResultsFilter,
  { direction, offset, limit }: Section,
  forStaff: boolean,
): Promise<AnalysisRow[]> {
  const start = await startOf(db, filter, direction, offset);
  const conditions = new Conditions(filter).between(start).matching(filter.q);
  const order = `created_at ${direction}, id ${direction}`;
  return db.query<AnalysisRow[]>(
    `SELECT ${ANALYSIS_COLUMNS}${forStaff ? `, ${STAFF_COLUMNS}` : ''}
       FROM (SELECT id FROM analyses WHERE ${conditions.sql} ORDER BY ${order}
              LIMIT $${conditions.parameter(limit)} OFFSET $${conditions.parameter(start.offset)}) AS page
       JOIN analyses AS a USING (id) ORDER BY a.${order.replace(', ', ', a.')}`,
    conditions.values,
  );
}

interface Start {
  readonly from?: Date;
  readonly before?: Date;
  /** Rows to skip from there. */
  readonly offset: number;
}

/** Where a page begins. Deep pages begin with the hour that holds their first row, so that every page costs the same. */
async function startOf(db: EntityManager, filter: ResultsFilter, direction: Direction, offset: number): Promise<Start> {
  const { from, before } = filter;
  if (offset <= WALK || filter.q !== undefined) return { from, before, offset };
  const newest = direction === 'DESC';
  const outside = newest ? before && { from: before } : from && { before: from };
  const skipped =
    offset + (outside ? await count(db, { ...filter, from: undefined, before: undefined, ...outside }) : 0);
  const conditions = new Conditions(filter);
  const [found] = await db.query<[{ hour: Date; preceding: number }?]>(
    `SELECT hour, preceding::float8 AS preceding
       FROM (SELECT hour, sum(analyses) AS analyses, sum(sum(analyses)) OVER (ORDER BY hour ${direction}) - sum(analyses) AS preceding
               FROM analysis_totals WHERE ${conditions.sql} GROUP BY hour) AS hours
      WHERE preceding + analyses > $${conditions.parameter(skipped)} ORDER BY hour ${direction} LIMIT 1`,
    conditions.values,
  );
  // Beyond the last row: the page is empty, wherever it begins.
  if (!found) return { from, before: from ?? new Date(0), offset: 0 };
  const remaining = skipped - found.preceding;
  return newest
    ? { from, before: new Date(found.hour.getTime() + HOUR), offset: remaining }
    : { from: found.hour, before, offset: remaining };
}

async function countHours(db: EntityManager, filter: ResultsFilter): Promise<number> {
  const conditions = new Conditions(filter).between(filter, 'hour');
  const [row] = await db.query<[{ total: number }]>(
    `SELECT coalesce(sum(analyses), 0)::float8 AS total FROM analysis_totals WHERE ${conditions.sql}`,
    conditions.values,
  );
  return row.total;
}

async function countRows(db: EntityManager, filter: ResultsFilter): Promise<number> {
  const conditions = new Conditions(filter).between(filter);
  const [row] = await db.query<[{ total: number }]>(
    `SELECT count(*)::float8 AS total FROM analyses WHERE ${conditions.sql}`,
    conditions.values,
  );
  return row.total;
}

/** Counts in the order of the list, by the index that the list walks: any other would lead PostgreSQL past more rows. */
async function countMatches(db: EntityManager, filter: ResultsFilter): Promise<number> {
  const conditions = new Conditions(filter).between(filter).matching(filter.q);
  const [row] = await db.query<[{ total: number }]>(
    `SELECT count(*)::float8 AS total
       FROM (SELECT 1 FROM analyses WHERE ${conditions.sql} ORDER BY created_at DESC, id DESC
              LIMIT $${conditions.parameter(MAX_MATCHES)}) AS matches`,
    conditions.values,
  );
  return row.total;
}
