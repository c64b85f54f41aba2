import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { JobProgressService } from '../jobs/progress/job-progress.service.js';
import { poolOf } from '../platform/database/pool.js';
import { type Caller, ownerSeen } from '../platform/http/caller.js';
import { ARTIFACT_OF_ANALYSIS } from './analysis.files.js';
import { analysisNotFound } from './analysis.errors.js';
import type { AnalysisRow } from './analysis.dto.js';

/**
 * The columns of a row as it is shown, and no others: each costs every reader time. `a` is the analysis.
 * @param results an expression of SQL, for readers that do not want all of them
 */
export const analysisColumns = (results = 'a.results::text'): string => `
  a.id, a.file_type, a.filename, a.media_type, a.size_bytes::float8 AS size_bytes, a.sha256, a.status, a.progress,
  a.job_id, a.attempts, a.features, ${results} AS results, a.error_code, a.error_message,
  a.processing_time::float8 AS processing_time, a.created_at, a.started_at, a.completed_at,
  coalesce((SELECT json_agg(json_build_object('name', f.name, 'media_type', f.media_type, 'size_bytes', f.size_bytes)
                            ORDER BY length(f.name), f.name)
              FROM files AS f WHERE ${ARTIFACT_OF_ANALYSIS}), '[]') AS artifacts`;

/** What administrators are shown besides. */
export const STAFF_COLUMNS = 'a.owner_id, host(a.ip_address) AS ip_address, a.user_agent';

/** Whose row is looked at, and how much of it is shown. */
export interface View {
  /** Null for whoever's. */
  readonly ownerId: string | null;
  readonly forStaff: boolean;
}

/** The caller's own rows. */
export const ownView = ({ ownerId, role }: Pick<Caller, 'ownerId' | 'role'>): View => ({
  ownerId,
  forStaff: role === 'admin',
});

/** The rows that the caller may look at: administrators see everybody's, or those of the owner that they name. */
export function widestView(caller: Pick<Caller, 'ownerId' | 'role'>, owner: string | undefined): View {
  return { ownerId: ownerSeen(caller, owner), forStaff: caller.role === 'admin' };
}

const ONE = {
  ofOwner: `SELECT ${analysisColumns()} FROM analyses AS a WHERE a.id = $1 AND a.owner_id = $2`,
  forStaff: `SELECT ${analysisColumns()}, ${STAFF_COLUMNS} FROM analyses AS a
              WHERE a.id = $1 AND ($2::uuid IS NULL OR a.owner_id = $2)`,
};

/** The most frequent question of all: one row, by a statement that PostgreSQL has prepared. */
@Injectable()
export class AnalysisRowsService {
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly progress: JobProgressService,
  ) {
    this.pool = poolOf(source);
  }

  /** @throws analysis_not_found also for a row of somebody else. */
  async one({ ownerId, forStaff }: View, id: string): Promise<AnalysisRow> {
    const { rows } = await this.pool.query<AnalysisRow>(
      forStaff
        ? { name: 'analysis-for-staff', text: ONE.forStaff, values: [id, ownerId] }
        : { name: 'analysis-of-owner', text: ONE.ofOwner, values: [id, ownerId] },
    );
    const [row] = rows;
    if (!row) throw analysisNotFound();
    if (row.status !== 'processing') return row;
    const reported = await this.progress.read(row);
    return { ...row, progress: Math.max(row.progress, reported?.progress ?? 0) };
  }
}
