import { ApiProperty } from '@nestjs/swagger';
import { ANALYSIS_STATUSES, type AnalysisStatus } from '../analysis/analysis.entity.js';

export class ProgressResponse {
  @ApiProperty({ format: 'uuid', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly analysis_id: string;

  @ApiProperty({ enum: ANALYSIS_STATUSES })
  readonly status: AnalysisStatus;

  @ApiProperty({
    description: 'Percent; never falls while it runs, 100 only when completed.',
    minimum: 0,
    maximum: 100,
  })
  readonly progress: number;

  @ApiProperty({ description: 'What is being done.', example: 'Reading text' })
  readonly message: string;

  @ApiProperty({ description: 'Seconds since a worker began.', example: 1.25 })
  readonly elapsed_time: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Place in the queue, from 1; null when not waiting.' })
  readonly queue_position: number | null;
}
