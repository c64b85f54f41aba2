import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ANALYSIS_STATUSES, type AnalysisStatus } from '../analysis/analysis.entity.js';
import { FILE_TYPES, type FileType } from '../media/media-type/file-types.js';
import { OwnerQuery } from '../platform/http/owner-query.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsId } from '../platform/http/validation.js';
import { firstDay } from './first-day.js';
import { ResultsQuery } from './results.dto.js';

/** What is said alike of all analyses and of those of one file type. */
class Outcomes {
  @ApiProperty({ example: 28 })
  readonly completed: number;

  @ApiProperty({ example: 2 })
  readonly failed: number;

  @ApiProperty({ description: 'Completed ÷ total × 100, two decimals; 0 when there are none.', example: 93.33 })
  readonly success_rate: number;

  @ApiProperty({ description: 'Seconds, of the completed ones.', example: 0.482 })
  readonly average_processing_time: number;
}

export class FileTypeStatistics extends Outcomes {
  @ApiProperty({ example: 30 })
  readonly total: number;
}

@ApiExtraModels(FileTypeStatistics)
export class StatisticsResponse extends Outcomes {
  @ApiProperty({ example: 30 })
  readonly total_analyses: number;

  @ApiProperty({ example: 0 })
  readonly queued: number;

  @ApiProperty({ example: 0 })
  readonly processing: number;

  @ApiProperty({ example: 0 })
  readonly cancelled: number;

  @ApiProperty({
    description: 'By file type.',
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(FileTypeStatistics) },
    example: { image: { total: 30, completed: 28, failed: 2, success_rate: 93.33, average_processing_time: 0.482 } },
  })
  readonly by_file_type: Record<FileType, FileTypeStatistics>;
}

const isNumberOfDays = applyDecorators(
  ApiPropertyOptional({ description: 'Days up to and including today, UTC.', minimum: 1, maximum: 3660, default: 30 }),
  Type(() => Number),
  IsInt({ message: 'must be a whole number' }),
  Min(1, { message: 'must be at least 1' }),
  Max(3660, { message: 'must be at most 3660' }),
);

export class DaysQuery extends OwnerQuery {
  @isNumberOfDays
  readonly days: number = 30;
}

export class DayStatistics {
  @ApiProperty({ format: 'date', example: '2026-01-31' })
  readonly date: string;

  @ApiProperty({ example: 12 })
  readonly total: number;

  @ApiProperty({ example: 11 })
  readonly completed: number;

  @ApiProperty({ example: 1 })
  readonly failed: number;

  @ApiProperty({ description: 'Seconds, of the completed ones.', example: 0.482 })
  readonly average_processing_time: number;
}

export class DailyStatisticsResponse {
  @ApiProperty({ type: [DayStatistics], description: 'Every day, the oldest first.' })
  readonly items: DayStatistics[];
}

export class HistoryQuery extends PageQuery {
  @isNumberOfDays
  readonly days: number = 30;

  @ApiPropertyOptional({ enum: FILE_TYPES })
  @IsOptional()
  @IsIn(FILE_TYPES, { message: `must be one of ${FILE_TYPES.join(', ')}` })
  readonly file_type?: FileType;

  @ApiPropertyOptional({ enum: ANALYSIS_STATUSES })
  @IsOptional()
  @IsIn(ANALYSIS_STATUSES, { message: `must be one of ${ANALYSIS_STATUSES.join(', ')}` })
  readonly status?: AnalysisStatus;

  @ApiPropertyOptional({ format: 'uuid', description: "Another owner's rows, for administrators only." })
  @IsOptional()
  @IsId()
  readonly owner_id?: string;

  asResultsQuery(): ResultsQuery {
    const { page, per_page, file_type, status, owner_id } = this;
    return Object.assign(new ResultsQuery(), {
      page,
      per_page,
      file_type,
      status,
      owner_id,
      from: firstDay(this.days).toISOString(),
    });
  }
}
