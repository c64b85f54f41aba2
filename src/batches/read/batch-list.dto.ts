import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery, PageResponse } from '../../platform/http/paging.js';
import { IsId } from '../../platform/http/validation.js';
import { BATCH_STATUSES, type BatchStatus } from '../batches.entity.js';
import { BatchStatusResponse } from '../status/status.dto.js';

export class BatchesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: BATCH_STATUSES })
  @IsOptional()
  @IsIn(BATCH_STATUSES, { message: `must be one of ${BATCH_STATUSES.join(', ')}` })
  readonly status?: BatchStatus;

  @ApiPropertyOptional({ format: 'uuid', description: 'Parts of this upload.' })
  @IsOptional()
  @IsId()
  readonly parent_batch_id?: string;

  @ApiPropertyOptional({ description: 'Part of the name, whatever its case.', maxLength: 200 })
  @IsOptional()
  @IsString()
  @MaxLength(200, { message: 'must have at most 200 characters' })
  readonly q?: string;

  @ApiPropertyOptional({ format: 'uuid', description: "Another owner's batches, for administrators only." })
  @IsOptional()
  @IsId()
  readonly owner_id?: string;
}

export class BatchesPage extends PageResponse {
  @ApiProperty({ type: [BatchStatusResponse] })
  readonly items: BatchStatusResponse[];
}

export class RelatedBatches {
  @ApiProperty({ type: [BatchStatusResponse] })
  readonly items: BatchStatusResponse[];
}
