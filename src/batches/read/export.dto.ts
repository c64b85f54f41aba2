import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { EXPORT_FORMATS, type ExportFormat } from '../../exports/exports.dto.js';
import { OwnerQuery } from '../../platform/http/owner-query.js';
import { IsTime } from '../../platform/http/time.js';
import { IsId } from '../../platform/http/validation.js';
import { ITEM_STATUSES, type ItemStatus } from './items.dto.js';

export class BatchExportQuery extends OwnerQuery {
  @ApiPropertyOptional({ enum: EXPORT_FORMATS, default: 'csv', description: 'One of them.' })
  @IsIn(EXPORT_FORMATS, { message: `must be one of ${EXPORT_FORMATS.join(', ')}` })
  readonly format: ExportFormat = 'csv';

  @ApiPropertyOptional({ format: 'uuid', description: 'Rows of this batch.' })
  @IsOptional()
  @IsId()
  readonly batch_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Rows of all parts of this upload.' })
  @IsOptional()
  @IsId()
  readonly parent_batch_id?: string;

  @ApiPropertyOptional({ enum: ITEM_STATUSES })
  @IsOptional()
  @IsIn(ITEM_STATUSES, { message: `must be one of ${ITEM_STATUSES.join(', ')}` })
  readonly status?: ItemStatus;

  @ApiPropertyOptional({ description: 'Of batches created at this time or later.', example: '2026-01-01T00:00:00Z' })
  @IsOptional()
  @IsTime()
  readonly from?: string;

  @ApiPropertyOptional({
    description: 'Of batches created at this time or earlier; a date alone takes its whole day.',
    example: '2026-02-01',
  })
  @IsOptional()
  @IsTime()
  readonly to?: string;
}
