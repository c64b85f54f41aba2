import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { Shutdown } from '../../platform/lifecycle/shutdown.js';
import { EventsService } from '../../platform/events/events.service.js';
import { PeriodicTasks } from '../../platform/scheduling/periodic-tasks.js';
import { BATCH_EVENTS } from '../batches.events.js';
import { BatchDoorbell } from './doorbell.service.js';
import { BatchWorker } from './batch.worker.js';
import { statusesOf } from './lease.queries.js';
import { WorkerLease } from './worker-lease.js';

/** Signs of life in the time of a lease. */
const SIGNS = 4;

/** Milliseconds between two looks at what has become of the batches, in case an event was lost. */
const LOOK = 700;

/** Milliseconds that rows in flight have to end by themselves at a shutdown; then they are given up and asked for again. */
const GRACE = 10_000;

/** Keeps the worker's lease, tells it of pauses and cancellations, and brings it to rest at a shutdown. */
@Injectable()
export class BatchHeartbeat implements OnApplicationBootstrap {
  private readonly logger = new Logger(BatchHeartbeat.name);
  private readonly pool: Pool;
  private readonly periodicTasks = new PeriodicTasks(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() database: DataSource,
    private readonly doorbell: BatchDoorbell,
    private readonly shutdown: Shutdown,
    private readonly events: EventsService,
    private readonly lease: WorkerLease,
    private readonly worker: BatchWorker,
  ) {
    this.pool = poolOf(database);
  }

  onApplicationBootstrap(): void {
    const { paused, cancelled, removed } = BATCH_EVENTS;
    this.events.on(paused, ({ id }) => {
      this.worker.close(id);
    });
    for (const type of [cancelled, removed]) {
      this.events.on(type, ({ id }) => {
        this.worker.drop(id);
      });
    }
    this.periodicTasks.start((this.environment.BATCH_LEASE * 1000) / SIGNS, () => this.renew());
    this.periodicTasks.start(LOOK, () => this.look());
    this.shutdown.onStart(() => this.rest());
  }

  private async renew(): Promise<void> {
    if (!(await this.lease.renew())) {
      this.logger.warn('The lease was lost; what was held is left to others');
      this.worker.forgetAll();
      await this.lease.renew();
    }
    await this.worker.reconcile();
    this.worker.resume();
  }

  private async look(): Promise<void> {
    const ids = this.worker.batchIds;
    if (ids.length === 0) return;
    const statuses = await statusesOf(this.pool, ids);
    for (const id of ids) {
      const status = statuses.get(id);
      if (status === 'paused') this.worker.close(id);
      else if (status === undefined || status === 'cancelled') this.worker.drop(id);
    }
  }

  /** The lease is kept as long as rows are in flight; its end frees every chunk, and others hear of it. */
  private async rest(): Promise<void> {
    await this.worker.stop(delay(GRACE, undefined, { ref: false }));
    await this.periodicTasks.stop();
    const held = this.worker.batchIds.length > 0;
    await this.lease.end().catch((error: unknown) => {
      this.logger.warn(`The lease was not given back, it will run out: ${String(error)}`);
    });
    if (held) await this.doorbell.ring();
  }
}
