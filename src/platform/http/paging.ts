import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

export class PageQuery {
  @ApiPropertyOptional({ description: 'Page, counted from 1.', minimum: 1, default: 1 })
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(1_000_000_000, { message: 'must be at most 1000000000' })
  readonly page: number = 1;

  @ApiPropertyOptional({ description: 'Rows a page.', minimum: 1, maximum: 100, default: 20 })
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(100, { message: 'must be at most 100' })
  readonly per_page: number = 20;
}

/** The type of a page that a service has written itself. */
export const JSON_TEXT = 'application/json; charset=utf-8';

export class PageResponse {
  @ApiProperty({ example: 1 })
  readonly page: number;

  @ApiProperty({ example: 20 })
  readonly per_page: number;

  @ApiProperty({ description: 'Rows on all pages.', example: 42 })
  readonly total: number;

  @ApiProperty({ example: 3 })
  readonly total_pages: number;
}

export interface Page<Item> extends PageResponse {
  readonly items: Item[];
}

export const pageOf = <Item>({ page, per_page }: PageQuery, items: Item[], total: number): Page<Item> => ({
  items,
  page,
  per_page,
  total,
  total_pages: Math.ceil(total / per_page),
});
