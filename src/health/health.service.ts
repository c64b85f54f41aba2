import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorFunction,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { readFileSync } from 'node:fs';
import { HealthMessage, type HealthPart, HealthParts } from '../platform/lifecycle/health-parts.js';
import { withTimeout } from '../platform/timeouts/with-timeout.js';
import type { HealthResponse } from './health.dto.js';

/** Time that the check of one part may take. */
const TIMEOUT_MS = 2_000;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Checks the parts that the modules of this process have added. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly parts: HealthParts,
  ) {}

  /** Checks the parts that requests need. */
  ready(): Promise<HealthResponse> {
    return this.check(this.parts.all().filter(({ neededByRequests }) => neededByRequests));
  }

  full(): Promise<HealthResponse> {
    return this.check(this.parts.all());
  }

  private async check(parts: readonly HealthPart[]): Promise<HealthResponse> {
    const result = await this.checks.check(parts.map((part) => this.indicatorOf(part))).catch((error: unknown) => {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    });
    const { status, info = {}, error = {}, details } = result;
    return {
      status,
      info: info as Record<string, unknown>,
      error: error as Record<string, unknown>,
      details,
      version,
      uptime: Math.round(process.uptime()),
    };
  }

  private indicatorOf({ name, check }: HealthPart): HealthIndicatorFunction {
    const indicator = this.indicators.check(name);
    return () =>
      withTimeout(check(), TIMEOUT_MS).then(
        (details) => indicator.up(details),
        (error: unknown) => indicator.down({ message: messageOf(error) }),
      );
  }
}

/** Any other reason may name hosts and paths; it is only logged. */
const messageOf = (error: unknown): string => (error instanceof HealthMessage ? error.message : 'not available');
