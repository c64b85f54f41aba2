import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { REDIS } from '../../redis/redis.module.js';
import { OutboundService } from '../outbound.service.js';
import { Statistics } from './statistics.js';
import { addTallies, reportCircuits } from './statistics-ledger.js';

const REPORT_INTERVAL_MS = 1000;

/** Tallies in one report; the others wait for the next. */
const MAX_TALLIES = 500;

/** Adds the counts of this process to those of all workers in Redis. */
@Injectable()
export class StatisticsReporter implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(StatisticsReporter.name);
  private readonly worker = randomUUID();
  private timer: NodeJS.Timeout | undefined;
  /** Whether the last report named a circuit. */
  private reportedCircuits = false;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly statistics: Statistics,
    private readonly outbound: OutboundService,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.report(), REPORT_INTERVAL_MS).unref();
  }

  private async report(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const tallies = this.statistics.collect(MAX_TALLIES);
    const circuits = this.outbound.openCircuits();
    try {
      if (tallies.length > 0) await addTallies(this.redis, tallies);
      if (this.reportedCircuits || circuits.length > 0) await reportCircuits(this.redis, this.worker, circuits);
      this.reportedCircuits = circuits.length > 0;
    } catch (error) {
      // Nothing is decided by them.
      this.logger.debug(
        `Reporting outbound statistics failed; the figures of this second are dropped: ${String(error)}`,
      );
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
