import { ApiProperty } from '@nestjs/swagger';
import {
  BATCH_ANALYZERS,
  BATCH_STATUSES,
  type BatchAnalyzer,
  type BatchStatus,
  ERROR_CLASSES,
} from '../batches.entity.js';
import { withProgress } from './progress-numbers.js';
import type { BatchRow, PartRow, UploadRow } from './status.queries.js';

class FailuresOfClass {
  @ApiProperty({ enum: ERROR_CLASSES })
  readonly class: string;

  @ApiProperty({ example: 12 })
  readonly count: number;
}

class FailuresOfHost {
  @ApiProperty({ example: 'images.example.com', description: '`(others)` for hosts beyond the first hundred or so.' })
  readonly host: string;

  @ApiProperty({ example: 12 })
  readonly failed: number;
}

/** What is said alike of a batch and of all parts of an upload. */
class NumbersResponse {
  @ApiProperty({ enum: BATCH_STATUSES })
  readonly status: BatchStatus;

  @ApiProperty({ enum: BATCH_ANALYZERS })
  readonly analyzer: BatchAnalyzer;

  @ApiProperty({ description: 'Rows, those without a usable URL among them.', example: 5000 })
  readonly total_urls: number;

  @ApiProperty({ description: 'Rows that have succeeded or failed.', example: 1200 })
  readonly processed: number;

  @ApiProperty({ example: 1150 })
  readonly succeeded: number;

  @ApiProperty({ example: 50 })
  readonly failed: number;

  @ApiProperty({ example: 3800 })
  readonly pending: number;

  @ApiProperty({ example: 0 })
  readonly cancelled: number;

  @ApiProperty({ description: 'Percent of the rows that are processed; 100 only when all are.', example: 24 })
  readonly progress: number;

  @ApiProperty({ description: 'Succeeded ÷ processed × 100; 0 when none is processed.', example: 95.83 })
  readonly success_rate: number;

  @ApiProperty({ description: 'Rows that ended in the last minute.', example: 30_000 })
  readonly urls_per_minute: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds to the end at this rate.', example: 8 })
  readonly eta_seconds: number | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at: Date;

  @ApiProperty({ type: Date, nullable: true, format: 'date-time' })
  readonly started_at: Date | null;

  @ApiProperty({ type: Date, nullable: true, format: 'date-time' })
  readonly completed_at: Date | null;

  @ApiProperty({ type: [FailuresOfClass] })
  readonly errors: FailuresOfClass[];

  @ApiProperty({ type: [FailuresOfHost], description: 'The twenty with the most failures.' })
  readonly hosts: FailuresOfHost[];
}

export class BatchStatusResponse extends NumbersResponse {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly batch_id: string;

  @ApiProperty({ example: 'Catalogue_Part1of3' })
  readonly batch_name: string;

  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f11' })
  readonly parent_batch_id: string;

  @ApiProperty({ description: 'Place among the parts of the upload, from 1.', example: 1 })
  readonly batch_sequence: number;

  @ApiProperty({ example: 3 })
  readonly total_split_batches: number;

  static from(row: BatchRow): BatchStatusResponse {
    return withProgress(row);
  }
}

class PartResponse implements PartRow {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly batch_id: string;

  @ApiProperty({ example: 'Catalogue_Part1of3' })
  readonly batch_name: string;

  @ApiProperty({ example: 1 })
  readonly batch_sequence: number;

  @ApiProperty({ enum: BATCH_STATUSES })
  readonly status: BatchStatus;

  @ApiProperty({ example: 5000 })
  readonly total_urls: number;

  @ApiProperty({ example: 1200 })
  readonly processed: number;

  @ApiProperty({ example: 1150 })
  readonly succeeded: number;

  @ApiProperty({ example: 50 })
  readonly failed: number;
}

export class UploadStatusResponse extends NumbersResponse {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f11' })
  readonly parent_batch_id: string;

  @ApiProperty({ example: 'Catalogue' })
  readonly batch_name: string;

  @ApiProperty({ example: 3 })
  readonly total_split_batches: number;

  @ApiProperty({ type: [PartResponse] })
  readonly batches: PartResponse[];

  static from(row: UploadRow): UploadStatusResponse {
    return withProgress(row);
  }
}
