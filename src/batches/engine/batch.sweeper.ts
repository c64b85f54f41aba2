import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource, InjectEntityManager } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { Rounds } from '../../platform/rounds.js';
import { forgetCached } from '../cache/cache.queries.js';
import { BatchProcessor } from './batch.processor.js';
import { BatchDoorbell } from './doorbell.service.js';
import { doChunksWait, sweepSome } from './sweep.queries.js';

/** Rows that are swept away by one statement. */
const ROWS = 5_000;

/** Transactions of that kind in one round, so that a shutdown does not wait for them. */
const PORTIONS = 40;

/** Rings again for chunks that were forgotten, and removes what removed batches have left. Lost workers are the job rescuer's. */
@Injectable()
export class BatchSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BatchSweeper.name);
  private readonly rounds = new Rounds(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly doorbell: BatchDoorbell,
    private readonly processor: BatchProcessor,
  ) {}

  onApplicationBootstrap(): void {
    const { JOB_RESCUE_INTERVAL, JOB_CLEANUP_INTERVAL, CACHE_TTL } = this.environment;
    const interval = JOB_RESCUE_INTERVAL * 1000;
    this.rounds.every(interval, () => this.sweep());
    this.rounds.every(interval, () => this.sweepRemoved());
    this.rounds.every(JOB_CLEANUP_INTERVAL * 1000, () => forgetCached(poolOf(this.source), CACHE_TTL));
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async sweep(): Promise<void> {
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
