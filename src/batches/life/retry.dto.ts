import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional } from 'class-validator';
import { ERROR_CLASSES, type ErrorClass } from '../batches.entity.js';

export class RetryRequest {
  @ApiPropertyOptional({
    enum: ERROR_CLASSES,
    isArray: true,
    description: 'Only rows that failed so; else all failed rows.',
  })
  @IsOptional()
  @ArrayMinSize(1, { message: 'must name at least one class' })
  @ArrayMaxSize(ERROR_CLASSES.length, { message: `must name at most ${ERROR_CLASSES.length} classes` })
  @IsIn(ERROR_CLASSES, { each: true, message: `must each be one of ${ERROR_CLASSES.join(', ')}` })
  readonly classes?: ErrorClass[];
}

export class RetryResponse {
  @ApiProperty({ description: 'Rows that are worked on again.', example: 12 })
  readonly retried: number;
}
