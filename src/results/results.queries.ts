import type { QueryConfig, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import type { AnalysisRow } from '../analysis/analysis.dto.js';
import { analysisColumns, STAFF_COLUMNS } from '../analysis/analysis.rows.service.js';
import { Conditions, type ResultsFilter } from './results.filter.js';
import { totalOf } from './results.total.js';

export type Direction = 'ASC' | 'DESC';

/** Rows that a list may skip by walking; beyond, the totals say in which hour it has to begin. */
const WALK = 1_000;

/** Matches of a search that can be paged through; finding more would read all rows. */
const MAX_MATCHES = 5_000;

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

/** None where there is more of them. */
const RESULTS = `CASE WHEN coalesce(a.results_bytes, octet_length(a.results::text)) <= ${CARRIED} THEN a.results::text END`;

/** A row of a list. */
export type ListedRow = AnalysisRow & {
  /** The results themselves are null too where they are too large to be brought along. */
  readonly has_results: boolean;
};

interface Listing {
  readonly rows: ListedRow[];
  /** Of the whole list. */
  readonly total: number;
}

/** A row beside the total, or the total alone where the page is empty. */
type Found = { readonly total: number } & (ListedRow | { readonly id: null });

/** Where the rows of a list are, as parts of a statement. */
interface Place {
  /** Stands before it. */
  readonly preamble: string;
  readonly total: string;
  /** What follows FROM. */
  readonly rows: string;
  /** Rows to skip from there. */
  readonly offset: number;
}

/** Runs one statement; those with a name may be prepared. */
export type RunStatement = <Row extends QueryResultRow>(
  statement: QueryConfig & { values: unknown[] },
) => Promise<Row[]>;

/** One page of rows, newest or oldest first, and how many rows there are in all, by one statement unless it is deep. */
export async function list(
  run: RunStatement,
  filter: ResultsFilter,
  section: Section,
  forStaff: boolean,
): Promise<Listing> {
  const { direction, limit } = section;
  const order = `created_at ${direction}, id ${direction}`;
  const values: unknown[] = [];
  const { preamble, total, rows, offset } =
    filter.q === undefined
      ? await allRows(run, filter, section, values)
      : matches(filter, { ...section, order }, values);
  const parameter = (value: number) => `$${values.push(value)}`;
  // Results are unpacked behind the sort, which would carry all their text along; OFFSET keeps the two apart.
  const found = await run<Found>({
    name: nameOf(filter, section, forStaff),
    text: `${preamble}
     SELECT ${analysisColumns(RESULTS)}, a.results IS NOT NULL AS has_results${forStaff ? `, ${STAFF_COLUMNS}` : ''}, a.total
       FROM (SELECT a.*, counted.total
               FROM (SELECT (${total})::float8 AS total) AS counted
               LEFT JOIN (SELECT id FROM ${rows} ORDER BY ${order}
                           LIMIT ${parameter(limit)} OFFSET ${parameter(offset)}) AS page ON true
               LEFT JOIN analyses AS a USING (id) ORDER BY a.${order.replace(', ', ', a.')} OFFSET 0) AS a`,
    values,
  });
  return { rows: found.filter((row): row is Found & ListedRow => row.id !== null), total: found[0]?.total ?? 0 };
}

/**
 * Returns the name of the prepared statement of the lists that are asked for most. All others are planned each time: there
 * are many of them, and how they are best done depends on the values.
 */
function nameOf(filter: ResultsFilter, section: Section, forStaff: boolean): string | undefined {
  const { status, fileType, from, before, q } = filter;
  const isFiltered = [status, fileType, from, before, q].some((value) => value !== undefined);
  if (isFiltered || isDeep(filter, section)) return undefined;
  return `analyses-of-owner-${section.direction}${forStaff ? '-for-staff' : ''}`;
}

/** Found and counted in one walk, in the order of the list and by its index: any other passes more rows. */
function matches(filter: ResultsFilter, { offset, order }: Section & { order: string }, values: unknown[]): Place {
  const conditions = new Conditions(filter, values).between(filter).matching(filter.q);
  return {
    preamble: `WITH matches AS MATERIALIZED (SELECT id, created_at FROM analyses WHERE ${conditions.sql}
                                             ORDER BY ${order} LIMIT ${MAX_MATCHES})`,
    total: '(SELECT count(*) FROM matches)',
    rows: 'matches',
    offset,
  };
}

async function allRows(run: RunStatement, filter: ResultsFilter, section: Section, values: unknown[]): Promise<Place> {
  const { offset, ...start } = isDeep(filter, section)
    ? await startOf(run, filter, section)
    : { ...filter, offset: section.offset };
  const total = totalOf(filter, values);
  const conditions = new Conditions(filter, values).between(start);
  return { preamble: '', total, rows: `analyses WHERE ${conditions.sql}`, offset };
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
async function startOf(run: RunStatement, filter: ResultsFilter, { direction, offset }: Section): Promise<Start> {
  const { from, before } = filter;
  const newest = direction === 'DESC';
  const outside = newest ? before && { from: before } : from && { before: from };
  const values: unknown[] = [];
  const skipped = outside ? totalOf({ ...filter, from: undefined, before: undefined, ...outside }, values) : '0';
  const conditions = new Conditions(filter, values);
  const [found] = await run<{ hour: Date; remaining: number }>({
    text: `SELECT hour, (skipped - preceding)::float8 AS remaining
       FROM (SELECT hour, sum(analyses) AS analyses, sum(sum(analyses)) OVER (ORDER BY hour ${direction}) - sum(analyses) AS preceding
               FROM analysis_totals WHERE ${conditions.sql} GROUP BY hour) AS hours,
            (SELECT $${conditions.parameter(offset)}::int8 + ${skipped} AS skipped) AS start
      WHERE preceding + analyses > skipped ORDER BY hour ${direction} LIMIT 1`,
    values,
  });
  // Beyond the last row: the page is empty, wherever it begins.
  if (!found) return { from, before: from ?? new Date(0), offset: 0 };
  const { hour, remaining } = found;
  return newest
    ? { from, before: new Date(hour.getTime() + HOUR), offset: remaining }
    : { from: hour, before, offset: remaining };
}
