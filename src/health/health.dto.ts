import { ApiProperty } from '@nestjs/swagger';

const PARTS = { type: 'object', additionalProperties: { type: 'object', additionalProperties: true } } as const;

export class HealthResponse {
  @ApiProperty({ enum: ['ok', 'error', 'shutting_down'] })
  readonly status: string;

  @ApiProperty({ ...PARTS, description: 'The parts that are up.', example: { postgres: { status: 'up' } } })
  readonly info: Record<string, unknown>;

  @ApiProperty({ ...PARTS, description: 'The parts that are down.', example: {} })
  readonly error: Record<string, unknown>;

  @ApiProperty({ ...PARTS, description: 'All parts.', example: { postgres: { status: 'up' } } })
  readonly details: Record<string, unknown>;

  @ApiProperty({ example: '0.1.0' })
  readonly version: string;

  @ApiProperty({ description: 'Seconds since the process began.', example: 3600 })
  readonly uptime: number;
}

export class LiveResponse {
  @ApiProperty({ enum: ['ok'] })
  readonly status: 'ok';
}
