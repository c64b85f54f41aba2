import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { OwnerQuery } from '../../platform/http/owner-query.js';
import { ERROR_CLASSES, type ErrorClass } from '../batches.entity.js';

export const ITEM_STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'cancelled'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

export class ItemsQuery extends OwnerQuery {
  @ApiPropertyOptional({ enum: ITEM_STATUSES })
  @IsOptional()
  @IsIn(ITEM_STATUSES, { message: `must be one of ${ITEM_STATUSES.join(', ')}` })
  readonly status?: ItemStatus;

  @ApiPropertyOptional({ enum: ERROR_CLASSES, description: 'Rows that failed for this reason.' })
  @IsOptional()
  @IsIn(ERROR_CLASSES, { message: `must be one of ${ERROR_CLASSES.join(', ')}` })
  readonly error_class?: ErrorClass;

  @ApiPropertyOptional({ description: 'Rows at most.', minimum: 1, maximum: 1000, default: 100 })
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(1000, { message: 'must be at most 1000' })
  readonly limit: number = 100;

  @ApiPropertyOptional({ description: 'next_cursor of the rows before.', maxLength: 100 })
  @IsOptional()
  @IsString()
  @MaxLength(100, { message: 'must have at most 100 characters' })
  readonly cursor?: string;
}

export class ItemError {
  @ApiProperty({ enum: ERROR_CLASSES })
  readonly class: ErrorClass;

  @ApiProperty({ example: 'The row holds no usable URL.' })
  readonly message: string;
}

/** A row as the view batch_item_states has it. */
export interface ItemRow {
  readonly row_number: number;
  readonly url: string;
  readonly status: ItemStatus;
  readonly attempts: number;
  readonly cached: boolean;
  readonly result: unknown;
  readonly error_class: ErrorClass | null;
  readonly error_message: string | null;
  readonly duration: number | null;
  readonly completed_at: Date | null;
  readonly columns: (string | null)[] | null;
}

export class ItemResponse {
  @ApiProperty({ description: 'Data row of the upload, counted from 1.', example: 17 })
  readonly row_number: number;

  @ApiProperty({
    description: 'Normalized; as it stands in the file where it is none.',
    example: 'https://example.com/a.jpg',
  })
  readonly url: string;

  @ApiProperty({ enum: ITEM_STATUSES })
  readonly status: ItemStatus;

  @ApiProperty({ example: 1 })
  readonly attempts: number;

  @ApiProperty({ description: 'Whether it was answered without a call.' })
  readonly cached: boolean;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, description: 'What the analyzer found.' })
  readonly result: unknown;

  @ApiProperty({ type: ItemError, nullable: true })
  readonly error: ItemError | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds.', example: 0.213 })
  readonly duration: number | null;

  @ApiProperty({ type: Date, nullable: true })
  readonly completed_at: Date | null;

  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string', nullable: true },
    description: 'The other columns of the row, by name.',
    example: { title: 'Red shoe' },
  })
  readonly columns: Record<string, string | null>;

  /** @param names of the upload's other columns. */
  static from({ error_class, error_message, columns, ...row }: ItemRow, names: readonly string[]): ItemResponse {
    return {
      ...row,
      error: error_class && { class: error_class, message: error_message ?? '' },
      columns: Object.fromEntries(names.map((name, index) => [name, columns?.[index] ?? null])),
    };
  }
}

export class ItemsResponse {
  @ApiProperty({ type: [ItemResponse] })
  readonly items: ItemResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null at the end.', example: 'MTAw' })
  readonly next_cursor: string | null;
}
