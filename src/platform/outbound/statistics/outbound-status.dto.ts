import { ApiProperty } from '@nestjs/swagger';
import { RETRY_STRATEGIES } from '../../config/outbound-settings.js';
import type { CircuitState } from '../scheduling/circuit.js';
import { percentile } from './latency-histogram.js';
import type { HostFigures } from './statistics-ledger.js';

export class RetryStatistics {
  @ApiProperty({ enum: RETRY_STRATEGIES })
  readonly strategy: (typeof RETRY_STRATEGIES)[number];

  @ApiProperty({ description: 'Second and later tries.', example: 31 })
  readonly attempts: number;

  @ApiProperty({ description: 'Rows that succeeded at a second or later try.', example: 28 })
  readonly successes: number;

  @ApiProperty({ description: 'Rows that failed though they were tried again.', example: 1 })
  readonly gave_up: number;
}

export class OutboundHost {
  @ApiProperty({ description: 'With the port, where it is not the usual one.', example: 'ai.example.com:8443' })
  readonly host: string;

  @ApiProperty({ enum: ['closed', 'half_open', 'open'], description: 'The worst state over all workers.' })
  readonly state: CircuitState;

  @ApiProperty({ description: 'Requests that were made.', example: 20_000 })
  readonly requests: number;

  @ApiProperty({ description: 'Requests that failed, time-outs among them.', example: 32 })
  readonly failures: number;

  @ApiProperty({ description: 'Times that a row was turned back by an open circuit.', example: 0 })
  readonly rejects: number;

  @ApiProperty({ description: 'Requests that took too long.', example: 3 })
  readonly timeouts: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Median of a request, in seconds.', example: 0.21 })
  readonly latency_p50: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: '95 % of requests were quicker, in seconds.',
    example: 0.34,
  })
  readonly latency_p95: number | null;

  @ApiProperty({ type: RetryStatistics })
  readonly retries: RetryStatistics;

  static from(figures: HostFigures, state: CircuitState, strategy: RetryStatistics['strategy']): OutboundHost {
    const { host, requests, failures, rejects, timeouts, latency, attempts, successes, gaveUp } = figures;
    return {
      host,
      state,
      requests,
      failures,
      rejects,
      timeouts,
      latency_p50: percentile(latency, 0.5),
      latency_p95: percentile(latency, 0.95),
      retries: { strategy, attempts, successes, gave_up: gaveUp },
    };
  }
}

export class OutboundStatusResponse {
  @ApiProperty({ type: [OutboundHost], description: 'The hosts asked in this hour or the last, the busiest first.' })
  readonly items: OutboundHost[];
}
