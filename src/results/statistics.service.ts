import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { AnalysisStatus } from '../analysis/analysis.entity.js';
import { FILE_TYPES } from '../media/media-type/file-types.js';
import { poolOf } from '../platform/database/pool.js';
import { type Caller, requestedOwner } from '../platform/http/principal.js';
import type { OwnerQuery } from '../platform/http/owner-query.js';
import type { DailyStatisticsResponse, DaysQuery, FileTypeStatistics, StatisticsResponse } from './statistics.dto.js';
import { firstDay } from './first-day.js';
import { dailyTotals, type Total, totals } from './statistics.queries.js';

const DAY = 86_400_000;

const NOTHING = { total: 0, completed: 0, failed: 0, average_processing_time: 0 };

@Injectable()
export class StatisticsService {
  private readonly pool: Pool;

  constructor(@InjectDataSource() source: DataSource) {
    this.pool = poolOf(source);
  }

  async all(caller: Caller, { owner_id }: OwnerQuery): Promise<StatisticsResponse> {
    const all = await totals(this.pool, requestedOwner(caller, owner_id));
    const { total, completed, failed, ...rates } = summary(all);
    const byFileType = FILE_TYPES.map((type) => [type, summary(all.filter(({ file_type }) => file_type === type))]);
    return {
      total_analyses: total,
      queued: countOf(all, 'queued'),
      processing: countOf(all, 'processing'),
      completed,
      failed,
      cancelled: countOf(all, 'cancelled'),
      ...rates,
      by_file_type: Object.fromEntries(byFileType) as StatisticsResponse['by_file_type'],
    };
  }

  async daily(caller: Caller, { days, owner_id }: DaysQuery): Promise<DailyStatisticsResponse> {
    const from = firstDay(days);
    const totals = await dailyTotals(this.pool, requestedOwner(caller, owner_id), from);
    const byDate = new Map(totals.map((total) => [total.date, total]));
    const dates = Array.from({ length: days }, (_, day) => dateOf(from.getTime() + day * DAY));
    return { items: dates.map((date) => byDate.get(date) ?? { date, ...NOTHING }) };
  }
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);

function summary(all: readonly Total[]): FileTypeStatistics {
  const total = all.reduce((sum, { analyses }) => sum + analyses, 0);
  const completed = countOf(all, 'completed');
  const seconds = all.filter(({ status }) => status === 'completed').reduce((sum, row) => sum + row.processing_time, 0);
  return {
    total,
    completed,
    failed: countOf(all, 'failed'),
    success_rate: total === 0 ? 0 : Math.round((completed * 10_000) / total) / 100,
    average_processing_time: completed === 0 ? 0 : Math.round((seconds / completed) * 1000) / 1000,
  };
}

const countOf = (all: readonly Total[], wanted: AnalysisStatus): number =>
  all.filter(({ status }) => status === wanted).reduce((sum, { analyses }) => sum + analyses, 0);
