import type { EntityManager } from 'typeorm';
import type { AnalysisStatus } from '../analysis/analysis.entity.js';
import type { FileType } from '../analysis/analyzer.js';
import { Conditions } from './results.filter.js';

export interface Total {
  readonly file_type: FileType;
  readonly status: AnalysisStatus;
  readonly analyses: number;
  /** Seconds in all. */
  readonly processing_time: number;
}

/** Totals of an owner by file type and status. */
export function totals(db: EntityManager, ownerId: string): Promise<Total[]> {
  const conditions = new Conditions({ ownerId });
  return db.query(
    `SELECT file_type, status, sum(analyses)::float8 AS analyses, sum(processing_time)::float8 AS processing_time
       FROM analysis_totals WHERE ${conditions.sql} GROUP BY file_type, status`,
    conditions.values,
  );
}

export interface DayTotal {
  readonly date: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly average_processing_time: number;
}

/** Totals of an owner for each of the last days in UTC, the oldest first, empty days included. */
export function dailyTotals(db: EntityManager, ownerId: string, days: number): Promise<DayTotal[]> {
  const conditions = new Conditions({ ownerId });
  const span = conditions.parameter(days);
  return db.query(
    `WITH days AS (
       SELECT (now() AT TIME ZONE 'UTC')::date - back AS date FROM generate_series($${span}::int - 1, 0, -1) AS back)
     SELECT to_char(date, 'YYYY-MM-DD') AS date,
            coalesce(sum(analyses), 0)::float8 AS total,
            coalesce(sum(analyses) FILTER (WHERE status = 'completed'), 0)::float8 AS completed,
            coalesce(sum(analyses) FILTER (WHERE status = 'failed'), 0)::float8 AS failed,
            coalesce(round(sum(processing_time) FILTER (WHERE status = 'completed')
              / nullif(sum(analyses) FILTER (WHERE status = 'completed'), 0), 3), 0)::float8 AS average_processing_time
       FROM days
       LEFT JOIN (SELECT * FROM analysis_totals
                   WHERE ${conditions.sql} AND hour >= (SELECT min(date) FROM days) AT TIME ZONE 'UTC') AS totals
              ON (totals.hour AT TIME ZONE 'UTC')::date = days.date
      GROUP BY date ORDER BY date`,
    conditions.values,
  );
}
