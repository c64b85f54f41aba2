import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource, InjectEntityManager } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { PeriodicTasks } from '../../platform/scheduling/periodic-tasks.js';
import { forgetCached } from '../cache/cache.queries.js';
import { BatchProcessor } from './batch.processor.js';
import { BatchDoorbell } from './doorbell.service.js';
import { doChunksWait, removeLostWorkers, sweepSome } from './sweep.queries.js';

/** Looks at what nobody attends to in the time of a lease. */
const LOOKS = 4;

/** Rows that are swept away by one statement. */
const ROWS = 5_000;

/** Transactions of that kind in one round, so that a shutdown does not wait for them. */
const PORTIONS = 40;

/** Frees what lost workers held, rings again for what was forgotten, and sweeps away what removed batches have left. */
@Injectable()
export class BatchSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BatchSweeper.name);
  private readonly periodicTasks = new PeriodicTasks(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly doorbell: BatchDoorbell,
    private readonly processor: BatchProcessor,
  ) {}

  onApplicationBootstrap(): void {
    const { BATCH_LEASE, JOB_CLEANUP_INTERVAL, CACHE_TTL } = this.environment;
    const interval = (BATCH_LEASE * 1000) / LOOKS;
    this.periodicTasks.start(interval, () => this.sweep());
    this.periodicTasks.start(interval, () => this.sweepRemoved());
    this.periodicTasks.start(JOB_CLEANUP_INTERVAL * 1000, () => forgetCached(poolOf(this.source), CACHE_TTL));
  }

  onApplicationShutdown(): Promise<void> {
    return this.periodicTasks.stop();
  }

  private async sweep(): Promise<void> {
    const lost = await removeLostWorkers(this.db);
    if (lost > 0) this.logger.warn(`${lost} workers were lost; their chunks are free`);
    if (!(await doChunksWait(this.db))) return;
    // While Redis is away every worker hears only itself.
    if (!(await this.doorbell.ring())) void this.processor.answer();
  }

  private async sweepRemoved(): Promise<void> {
    let more = true;
    for (let portion = 0; more && portion < PORTIONS; portion++) {
      more = await this.db.transaction((db) => sweepSome(db, ROWS));
    }
  }
}
