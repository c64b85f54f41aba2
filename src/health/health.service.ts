import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorFunction,
  HealthIndicatorService,
} from '@nestjs/terminus';
import type { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { ModelsService } from '../analysis/vision/models/models.service.js';
import { Environment } from '../platform/config/environment.js';
import { Draining } from '../platform/draining.js';
import { inTime } from '../platform/in-time.js';
import { LimitsService } from '../platform/limits/limits.service.js';
import { REDIS } from '../platform/redis/redis.module.js';
import { STORAGE_TROUBLE, StorageProbe, type StorageState } from '../storage/storage-probe.service.js';
import type { HealthResponse } from './health.dto.js';

/** Milliseconds that a part may take to answer. */
const PATIENCE = 2_000;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

@Injectable()
export class HealthService {
  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly draining: Draining,
    private readonly limits: LimitsService,
    private readonly models: ModelsService,
    private readonly probe: StorageProbe,
  ) {}

  /** What a request needs. */
  ready(): Promise<HealthResponse> {
    return this.check([this.postgres(), this.redisServer(), this.process(), this.storage()]);
  }

  full(): Promise<HealthResponse> {
    return this.check([
      this.postgres(),
      this.redisServer(),
      this.process(),
      this.rateLimits(),
      this.storage(this.environment.MIN_FREE_SPACE),
      this.modelFiles(),
    ]);
  }

  private async check(parts: HealthIndicatorFunction[]): Promise<HealthResponse> {
    const result = await this.checks.check(parts).catch((error: unknown) => {
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

  private postgres(): HealthIndicatorFunction {
    return this.part('postgres', () => this.source.query('SELECT 1'));
  }

  private redisServer(): HealthIndicatorFunction {
    return this.part('redis', () => this.redis.ping());
  }

  /** Down, reads are let through uncounted, and log-in, registration and new passwords are refused. */
  private rateLimits(): HealthIndicatorFunction {
    return this.part('limits', () => this.limits.probe());
  }

  private process(): HealthIndicatorFunction {
    const indicator = this.indicators.check('process');
    return () => (this.draining.started ? indicator.down({ message: 'draining' }) : indicator.up());
  }

  /**
   * Says why files cannot be written, for that names no path.
   * @param minFree bytes that have to be free: below `MIN_FREE_SPACE` uploads are refused and everything else goes on
   */
  private storage(minFree = 0): HealthIndicatorFunction {
    const indicator = this.indicators.check('storage');
    const judge = ({ trouble, free }: StorageState) => {
      if (trouble) return indicator.down({ message: STORAGE_TROUBLE[trouble] });
      return free < minFree ? indicator.down({ message: 'The disk is almost full.' }) : indicator.up();
    };
    return () =>
      inTime(PATIENCE, this.probe.state()).then(judge, () => indicator.down({ message: 'The disk does not answer.' }));
  }

  /** A missing model takes nothing down but the features that need it. */
  private modelFiles(): HealthIndicatorFunction {
    const indicator = this.indicators.check('models');
    return async () => indicator.up({ missing: await this.models.missing() });
  }

  /** Says that a part is down, never why: the reason may name hosts and paths, and stands in the log. */
  private part(name: string, ask: () => Promise<unknown>): HealthIndicatorFunction {
    const indicator = this.indicators.check(name);
    return () =>
      inTime(PATIENCE, ask()).then(
        () => indicator.up(),
        () => indicator.down({ message: 'not available' }),
      );
  }
}
