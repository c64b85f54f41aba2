import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { AnalysisStatus } from '../analysis/analysis.entity.js';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import type { View } from '../analysis/analysis.rows.service.js';
import { JobProgressService } from '../jobs/progress/job-progress.service.js';
import { poolOf } from '../platform/database/pool.js';
import type { ProgressResponse } from './progress.dto.js';

interface ProgressRow {
  readonly status: AnalysisStatus;
  readonly progress: number;
  readonly job_id: string;
  readonly error_message: string | null;
  readonly elapsed_time: number;
  readonly queue_position: number | null;
}

const MESSAGES: Readonly<Record<AnalysisStatus, string>> = {
  queued: 'Waiting for a worker',
  processing: 'Starting',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Where an analysis stands: the row's word, made finer by what its worker last reported. */
@Injectable()
export class ProgressReaderService {
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly live: JobProgressService,
  ) {
    this.pool = poolOf(source);
  }

  async read({ ownerId }: Pick<View, 'ownerId'>, id: string): Promise<ProgressResponse> {
    const row = await this.rowOf(ownerId, id);
    const isOpen = row.status === 'processing' || row.status === 'queued';
    const reported = isOpen ? await this.live.read({ id, job_id: row.job_id }) : null;
    return {
      analysis_id: id,
      status: row.status,
      progress: Math.max(row.progress, reported?.progress ?? 0),
      message: (row.status === 'processing' ? reported?.message : null) ?? row.error_message ?? MESSAGES[row.status],
      elapsed_time: row.elapsed_time,
      queue_position: row.queue_position,
    };
  }

  private async rowOf(ownerId: string | null, id: string): Promise<ProgressRow> {
    const { rows } = await this.pool.query<ProgressRow>({
      name: 'progress',
      text: `SELECT status, progress, job_id, error_message,
              coalesce(round(extract(epoch FROM coalesce(completed_at, now()) - started_at), 3), 0)::float8 AS elapsed_time,
              CASE WHEN status = 'queued' THEN
                (SELECT count(*)::int FROM analyses AS other
                  WHERE other.status = 'queued' AND (other.queued_at, other.id) <= (mine.queued_at, mine.id))
              END AS queue_position
         FROM analyses AS mine WHERE id = $1 AND ($2::uuid IS NULL OR owner_id = $2)`,
      values: [id, ownerId],
    });
    const [row] = rows;
    if (!row) throw analysisNotFound();
    return row;
  }
}
