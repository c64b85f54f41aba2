import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { BATCH_ANALYZERS, BATCH_STATUSES, type BatchStatus } from '../batches.entity.js';

/** The multipart fields of `POST /batches`; read from the stream, shown in OpenAPI. */
export class BatchUpload {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'A CSV in UTF-8 whose first line names its columns, up to MAX_UPLOAD_SIZE bytes.',
  })
  readonly file: string;

  @ApiPropertyOptional({
    description: 'The name of the file when left out.',
    maxLength: 200,
    example: 'Spring catalogue',
  })
  readonly batch_name?: string;

  @ApiPropertyOptional({ enum: BATCH_ANALYZERS, description: 'external where it is configured, else image.' })
  readonly analyzer?: string;

  @ApiPropertyOptional({ description: 'Of the analyzer image: comma-separated names.', example: 'image,colors' })
  readonly features?: string;

  @ApiPropertyOptional({
    description: 'A JSON object: options of the analyzer image, or whatever the external AI understands.',
    example: '{}',
  })
  readonly options?: string;

  @ApiPropertyOptional({
    description: 'The column of the URLs; else the one called url, else the only one that holds URLs.',
    example: 'image',
  })
  readonly url_column?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 10_000, description: 'Rows a chunk; CHUNK_SIZE else.' })
  readonly chunk_size?: string;

  @ApiPropertyOptional({ type: 'boolean', default: true, description: 'false: the batches wait to be resumed.' })
  readonly start?: string;

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'true: tells what would be done, keeps nothing.',
  })
  readonly dry_run?: string;
}

export class AcceptedPart {
  @ApiProperty({ format: 'uuid' })
  readonly batch_id: string;

  @ApiProperty({ example: 'Spring catalogue_Part1of3' })
  readonly batch_name: string;

  @ApiProperty({ example: 1 })
  readonly batch_sequence: number;

  @ApiProperty({ example: 3 })
  readonly total_split_batches: number;

  @ApiProperty({ example: 5000 })
  readonly total_urls: number;

  @ApiProperty({ enum: BATCH_STATUSES })
  readonly status: BatchStatus;
}

export class BatchesAccepted {
  @ApiProperty({ format: 'uuid' })
  readonly parent_batch_id: string;

  @ApiProperty({ example: 'Spring catalogue' })
  readonly batch_name: string;

  @ApiProperty({ description: 'All rows of the file.', example: 12500 })
  readonly total_urls: number;

  @ApiProperty({ description: 'Rows without a usable URL; kept as items that failed.', example: 3 })
  readonly invalid_urls: number;

  @ApiProperty({ description: 'Rows whose URL stands in a row before; kept.', example: 12 })
  readonly duplicate_urls: number;

  @ApiProperty({ type: [AcceptedPart] })
  readonly batches: AcceptedPart[];
}

export class DryRunProblem {
  @ApiProperty({ description: 'Data row, counted from 1.', example: 17 })
  readonly row: number;

  @ApiProperty({ enum: ['invalid_url', 'blocked_address'] })
  readonly code: string;

  @ApiProperty({ description: 'The first 200 characters of what stands there.', example: 'htp:/typo' })
  readonly value: string;
}

export class DryRunResponse {
  @ApiProperty({ description: 'All rows of the file.', example: 12500 })
  readonly total_urls: number;

  @ApiProperty({ description: 'Rows with a usable URL, duplicates and blocked ones among them.', example: 12497 })
  readonly valid_urls: number;

  @ApiProperty({ description: 'Rows without a usable URL.', example: 3 })
  readonly invalid_urls: number;

  @ApiProperty({ description: 'Rows whose URL stands in a row before.', example: 12 })
  readonly duplicate_urls: number;

  @ApiProperty({
    description: 'Rows whose URL names an address that may not be reached; names are not resolved.',
    example: 1,
  })
  readonly blocked_urls: number;

  @ApiProperty({ description: 'Rows that would be answered from the result cache.', example: 200 })
  readonly cached_urls: number;

  @ApiProperty({ description: 'Batches that it would make.', example: 3 })
  readonly parts: number;

  @ApiProperty({
    description: 'Seconds at the rate of late, or at one second a request while there is none.',
    example: 390,
  })
  readonly estimated_seconds: number;

  @ApiProperty({ type: [DryRunProblem], description: 'The first 100.' })
  readonly problems: DryRunProblem[];
}
