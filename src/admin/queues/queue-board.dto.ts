import { ApiProperty } from '@nestjs/swagger';
import type { JobCounts, QueueState, RowCounts } from '../../jobs/board/queue-state.js';

class RowsResponse implements RowCounts {
  @ApiProperty({
    description: 'Analyses, chunks of batches that are not paused, or mails that nobody has begun.',
    example: 12,
  })
  readonly waiting: number;

  @ApiProperty({ description: 'Those that a worker has taken.', example: 4 })
  readonly in_progress: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Mails given up in the last 30 days; else null.',
    example: null,
  })
  readonly failed: number | null;

  @ApiProperty({ type: Date, nullable: true, format: 'date-time', description: 'Since when the oldest one waits.' })
  readonly oldest_waiting_at: Date | null;
}

class JobsResponse implements JobCounts {
  @ApiProperty({ example: 12 })
  readonly waiting: number;

  @ApiProperty({ example: 4 })
  readonly active: number;

  @ApiProperty({ example: 0 })
  readonly delayed: number;

  @ApiProperty({ example: 0 })
  readonly failed: number;

  @ApiProperty({ description: '0, since nothing is kept of a job that was answered.', example: 0 })
  readonly completed: number;

  @ApiProperty({ description: 'Whether somebody has paused the queue in Redis.', example: false })
  readonly paused: boolean;

  @ApiProperty({ type: Date, nullable: true, format: 'date-time', description: 'Since when the oldest one waits.' })
  readonly oldest_waiting_at: Date | null;
}

class QueueResponse implements QueueState {
  @ApiProperty({ enum: ['analyses', 'batch-chunks', 'mails', 'password-resets'] })
  readonly name: string;

  @ApiProperty({ type: RowsResponse, description: 'In PostgreSQL: what there is to do.' })
  readonly rows: RowsResponse;

  @ApiProperty({
    type: JobsResponse,
    nullable: true,
    description: 'In Bull: who has been told. Null while Redis is away.',
  })
  readonly jobs: JobsResponse | null;
}

export class QueueBoardResponse {
  @ApiProperty({ type: [QueueResponse] })
  readonly items: QueueState[];
}
