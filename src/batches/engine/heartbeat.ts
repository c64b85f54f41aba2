import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { WorkerHeartbeat } from '../../jobs/workers/worker-heartbeat.service.js';
import { WorkerLease } from '../../jobs/workers/worker-lease.service.js';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { Draining } from '../../platform/draining.js';
import { EventsService } from '../../platform/events/events.service.js';
import { Rounds } from '../../platform/rounds.js';
import { BATCH_EVENTS } from '../batches.events.js';
import { BatchDoorbell } from './doorbell.service.js';
import { BatchWorker } from './batch.worker.js';
import { releaseAllChunks, statusesOf } from './lease.queries.js';

/** Milliseconds between two looks at what has become of the batches, in case an event was lost. */
const STATUS_INTERVAL_MS = 700;

/** Tells the worker of its lease, of pauses and of cancellations, and ends its work at a shutdown. */
@Injectable()
export class BatchHeartbeat implements OnApplicationBootstrap {
  private readonly logger = new Logger(BatchHeartbeat.name);
  private readonly pool: Pool;
  private readonly rounds = new Rounds(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() database: DataSource,
    private readonly doorbell: BatchDoorbell,
    private readonly draining: Draining,
    private readonly events: EventsService,
    private readonly heartbeat: WorkerHeartbeat,
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
    this.heartbeat.addHolder({
      renewed: () => this.renewed(),
      // Chunks are free with the loss: others may have them at once.
      lost: () => {
        this.worker.forgetAll();
      },
    });
    this.rounds.every(STATUS_INTERVAL_MS, () => this.compareStatuses());
    this.draining.onStart(() => this.shutDown());
  }

  private async renewed(): Promise<void> {
    await this.worker.reconcile();
    this.worker.resume();
  }

  private async compareStatuses(): Promise<void> {
    const ids = this.worker.batchIds;
    if (ids.length === 0) return;
    const statuses = await statusesOf(this.pool, ids);
    for (const id of ids) {
      const status = statuses.get(id);
      if (status === 'paused') this.worker.close(id);
      else if (status === undefined || status === 'cancelled') this.worker.drop(id);
    }
  }

  /** The lease is kept as long as rows are in flight; then every chunk is given back, and others are told. */
  private async shutDown(): Promise<void> {
    const { workerId } = this.lease;
    await this.worker.stop(delay(this.environment.SHUTDOWN_GRACE * 1000, undefined, { ref: false }));
    await this.rounds.stop();
    const held = this.worker.batchIds.length > 0;
    if (workerId !== null && workerId === this.lease.workerId) {
      await releaseAllChunks(this.pool, workerId).catch((error: unknown) => {
        this.logger.warn(`Chunks were not given back; they are free when the lease ends: ${String(error)}`);
      });
    }
    if (held) await this.doorbell.ring();
  }
}
