import type { EntityManager } from 'typeorm';
import type { AnalysisRow } from '../analysis/analysis.dto.js';
import { analysisColumns, STAFF_COLUMNS } from '../analysis/analysis.rows.service.js';
import { Conditions, type ResultsFilter } from './results.filter.js';
import { MAX_MATCHES, totalOf } from './results.total.js';

export type Direction = 'ASC' | 'DESC';

/** Rows that a list may skip by walking; beyond, the totals say in which hour it has to begin. */
const WALK = 1_000;

const HOUR = 3_600_000;

/** The part of a list that is wanted. */
export interface Section {
  readonly direction: Direction;
  readonly offset: number;
  readonly limit: number;
}

/** Whether it takes one statement to find where the section begins and another to read it. */
export const isDeep = ({ q }: ResultsFilter, { offset }: Section): boolean => q === undefined && offset > WALK;

/** Bytes of the results that a row in a list brings along; a hundred rows with all they may have are over a gigabyte. */
const CARRIED = 131_072;

/** As text, which nobody has to take apart to put it together again. */
const RESULTS = `CASE WHEN coalesce(a.results_bytes, octet_length(a.results::text)) <= ${CARRIED} THEN a.results::text END`;

/** A row of a list. */
export type ListedRow = Omit<AnalysisRow, 'results'> & {
  /** JSON; null where there are none, and where they are too large to be brought along. */
  readonly results: string | null;
  readonly has_results: boolean;
};

interface Listing {
  readonly rows: ListedRow[];
  /** Of the whole list. */
  readonly total: number;
}

/** A row beside the total, or the total alone where the page is empty. */
type Found = { readonly total: number } & (ListedRow | { readonly id: null });

/** One page of rows, newest or oldest first, and how many rows there are in all, by one statement unless it is deep. */
export async function list(
  db: EntityManager,
  filter: ResultsFilter,
  section: Section,
  forStaff: boolean,
): Promise<Listing> {
  const { direction, limit } = section;
  const start = isDeep(filter, section) ? await startOf(db, filter, section) : { ...filter, offset: section.offset };
  const values: unknown[] = [];
  const total = totalOf(filter, values);
  const conditions = new Conditions(filter, values).between(start).matching(filter.q);
  const order = `created_at ${direction}, id ${direction}`;
  // Beyond the last match that is counted there is no page, and to look for it would be to look at every row.
  const wanted = filter.q !== undefined && start.offset >= MAX_MATCHES ? 0 : limit;
  // Results are unpacked behind the sort, which would carry all their text along; OFFSET keeps the two apart.
  const found = await db.query<[Found, ...Found[]]>(
    `SELECT ${analysisColumns(RESULTS)}, a.results IS NOT NULL AS has_results${forStaff ? `, ${STAFF_COLUMNS}` : ''}, a.total
       FROM (SELECT a.*, counted.total
               FROM (SELECT (${total})::float8 AS total) AS counted
               LEFT JOIN (SELECT id FROM analyses WHERE ${conditions.sql} ORDER BY ${order}
                           LIMIT $${conditions.parameter(wanted)} OFFSET $${conditions.parameter(start.offset)}) AS page ON true
               LEFT JOIN analyses AS a USING (id) ORDER BY a.${order.replace(', ', ', a.')} OFFSET 0) AS a`,
    values,
  );
  return { rows: found.filter((row): row is Found & ListedRow => row.id !== null), total: found[0].total };
}

/** The results of a row whose list did not bring them along, as JSON; null when it has been removed meanwhile. */
export async function resultsOf(db: EntityManager, id: string): Promise<string | null> {
  const [row] = await db.query<[{ results: string | null }?]>(
    'SELECT results::text AS results FROM analyses WHERE id = $1',
    [id],
  );
  return row?.results ?? null;
}

interface Start {
  readonly from?: Date;
  readonly before?: Date;
  /** Rows to skip from there. */
  readonly offset: number;
}

/** Where a deep page begins: with the hour that holds its first row, so that every page costs the same. */
async function startOf(db: EntityManager, filter: ResultsFilter, { direction, offset }: Section): Promise<Start> {
  const { from, before } = filter;
  const newest = direction === 'DESC';
  const outside = newest ? before && { from: before } : from && { before: from };
  const values: unknown[] = [];
  const skipped = outside ? totalOf({ ...filter, from: undefined, before: undefined, ...outside }, values) : '0';
  const conditions = new Conditions(filter, values);
  const [found] = await db.query<[{ hour: Date; remaining: number }?]>(
    `SELECT hour, (skipped - preceding)::float8 AS remaining
       FROM (SELECT hour, sum(analyses) AS analyses, sum(sum(analyses)) OVER (ORDER BY hour ${direction}) - sum(analyses) AS preceding
               FROM analysis_totals WHERE ${conditions.sql} GROUP BY hour) AS hours,
            (SELECT $${conditions.parameter(offset)}::int8 + ${skipped} AS skipped) AS start
      WHERE preceding + analyses > skipped ORDER BY hour ${direction} LIMIT 1`,
    values,
  );
  // Beyond the last row: the page is empty, wherever it begins.
  if (!found) return { from, before: from ?? new Date(0), offset: 0 };
  const { hour, remaining } = found;
  return newest
    ? { from, before: new Date(hour.getTime() + HOUR), offset: remaining }
    : { from: hour, before, offset: remaining };
}
