import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { AnalysisResponse } from '../analysis/analysis.dto.js';
import { ANALYSIS_STATUSES, type AnalysisStatus } from '../analysis/analysis.entity.js';
import { FILE_TYPES, type FileType } from '../media/media-type/file-types.js';
import { EXPORT_FORMATS, type ExportFormat } from '../exports/exports.dto.js';
import { PageQuery, PageResponse } from '../platform/http/paging.js';
import { IsTime } from '../platform/http/time.js';
import { IsId } from '../platform/http/validation.js';

const ORDERS = ['created_at', '-created_at'] as const;

export class ResultsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ANALYSIS_STATUSES })
  @IsOptional()
  @IsIn(ANALYSIS_STATUSES, { message: `must be one of ${ANALYSIS_STATUSES.join(', ')}` })
  readonly status?: AnalysisStatus;

  @ApiPropertyOptional({ enum: FILE_TYPES })
  @IsOptional()
  @IsIn(FILE_TYPES, { message: `must be one of ${FILE_TYPES.join(', ')}` })
  readonly file_type?: FileType;

  @ApiPropertyOptional({
    description: 'Created at this time or later, ISO 8601; UTC without an offset.',
    example: '2026-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsTime()
  readonly from?: string;

  @ApiPropertyOptional({
    description: 'Created at this time or earlier; a date alone takes its whole day.',
    example: '2026-02-01T00:00:00Z',
  })
  @IsOptional()
  @IsTime()
  readonly to?: string;

  @ApiPropertyOptional({
    description: 'Part of the file name, whatever its case; one or two characters are its beginning.',
    maxLength: 200,
  })
  @IsOptional()
  @IsString()
  @MaxLength(200, { message: 'must have at most 200 characters' })
  readonly q?: string;

  @ApiPropertyOptional({ enum: ORDERS, default: '-created_at', description: 'A minus puts the newest first.' })
  @IsIn(ORDERS, { message: `must be one of ${ORDERS.join(', ')}` })
  readonly sort: (typeof ORDERS)[number] = '-created_at';

  @ApiPropertyOptional({ format: 'uuid', description: "Another owner's rows, for administrators only." })
  @IsOptional()
  @IsId()
  readonly owner_id?: string;
}

export class ResultsExportQuery extends OmitType(ResultsQuery, ['page', 'per_page']) {
  @ApiPropertyOptional({ enum: EXPORT_FORMATS, default: 'csv', description: 'One of them.' })
  @IsIn(EXPORT_FORMATS, { message: `must be one of ${EXPORT_FORMATS.join(', ')}` })
  readonly format: ExportFormat = 'csv';
}

export class ResultsPage extends PageResponse {
  @ApiProperty({ type: [AnalysisResponse] })
  readonly items: AnalysisResponse[];
}
