import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { REDIS } from '../../redis/redis.module.js';
import { OutboundService } from '../outbound.service.js';
import { Statistics } from './statistics.js';
import { enter, report } from './statistics-ledger.js';

/** Milliseconds between two reports, and tallies in one: what is more waits for the next. */
const PACE = 1000;
const AT_ONCE = 500;

/** Carries what this process has counted to Redis, where the figures of all workers are added up. */
@Injectable()
export class StatisticsReporter implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(StatisticsReporter.name);
  private readonly worker = randomUUID();
  private timer: NodeJS.Timeout | undefined;
  private troubled = false;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly statistics: Statistics,
    private readonly outbound: OutboundService,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.report(), PACE).unref();
  }

  private async report(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const tallies = this.statistics.collect(AT_ONCE);
    const circuits = this.outbound.openCircuits();
    try {
      if (tallies.length > 0) await enter(this.redis, tallies);
      if (this.troubled || circuits.length > 0) await report(this.redis, this.worker, circuits);
      this.troubled = circuits.length > 0;
    } catch (error) {
      // Figures of a second are lost; nothing is decided by them.
      this.logger.debug(`Statistics were not reported: ${String(error)}`);
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
