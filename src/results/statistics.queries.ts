import type { Pool } from 'pg';
import type { AnalysisStatus } from '../analysis/analysis.entity.js';
import type { FileType } from '../media/media-type/file-types.js';
import { Conditions } from './results.filter.js';

export interface Total {
  readonly file_type: FileType;
  readonly status: AnalysisStatus;
  readonly analyses: number;
  /** Seconds in all. */
  readonly processing_time: number;
}

/** Totals of an owner by file type and status. */
export async function totals(pool: Pool, ownerId: string): Promise<Total[]> {
  const conditions = new Conditions({ ownerId });
  const { rows } = await pool.query<Total>({
    name: 'totals-of-owner',
    text: `SELECT file_type, status, sum(analyses)::float8 AS analyses, sum(processing_time)::float8 AS processing_time
             FROM analysis_totals WHERE ${conditions.sql} GROUP BY file_type, status`,
    values: conditions.values,
  });
  return rows;
}

export interface DayTotal {
  readonly date: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly average_processing_time: number;
}

/** Totals of an owner for each day in UTC from one on; a day without analyses has none. */
export async function dailyTotals(pool: Pool, ownerId: string, from: Date): Promise<DayTotal[]> {
  const conditions = new Conditions({ ownerId }).between({ from }, 'hour');
  const { rows } = await pool.query<DayTotal>({
    name: 'daily-totals-of-owner',
    text: `SELECT to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date, total, completed, failed,
            coalesce(round(processing_time / nullif(completed, 0)::numeric, 3), 0)::float8 AS average_processing_time
       FROM (SELECT date_bin('1 day', hour, '2000-01-01T00:00:00Z') AS day,
                    sum(analyses)::float8 AS total,
                    coalesce(sum(analyses) FILTER (WHERE status = 'completed'), 0)::float8 AS completed,
                    coalesce(sum(analyses) FILTER (WHERE status = 'failed'), 0)::float8 AS failed,
                    sum(processing_time) FILTER (WHERE status = 'completed') AS processing_time
               FROM analysis_totals WHERE ${conditions.sql} GROUP BY 1) AS days`,
    values: conditions.values,
  });
  return rows;
}
