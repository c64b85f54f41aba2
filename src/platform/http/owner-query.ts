import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

/** Whose rows a route is about, beside an id in the path or alone. */
export class OwnerQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: "Another owner's rows instead of one's own, for administrators only.",
  })
  @IsOptional()
  @IsUUID('loose', { message: 'must be a UUID' })
  readonly owner_id?: string;
}
