import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsId } from './validation.js';

/** Filters the rows of a route by owner, beside an id in the path or alone. */
export class OwnerQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: "Another owner's rows instead of one's own, for administrators only.",
  })
  @IsOptional()
  @IsId()
  readonly owner_id?: string;
}
