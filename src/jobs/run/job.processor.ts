import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource, InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import { Draining } from '../../platform/draining.js';
import { EventsService } from '../../platform/events/events.service.js';
import { StorageGate } from '../../files/storage-gate.service.js';
import { TemporaryFiles } from '../../files/temporary-files.service.js';
import { SandboxSlots } from '../../sandbox/sandbox-slots.js';
import type { JobKind } from '../job.kind.js';
import { JobQueue } from '../job-queue.service.js';
import { JobRegistry } from '../job.registry.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { JobProgressService } from '../progress/job-progress.service.js';
import { WorkerHeartbeat } from '../workers/worker-heartbeat.service.js';
import { WorkerLease } from '../workers/worker-lease.service.js';
import { JobRunner, type Slots } from './job.runner.js';
import { ResultWriter } from './result-writer.js';

/** Jobs of a kind of the lane `network` that a process works on at once, where the kind does not say. */
const NETWORK_CONCURRENCY = 8;

const UNSHARED: Slots = { run: (_kind, work) => work() };

/** The door to all kinds: an announcement in Bull is a slot that works until nothing is due. */
@Injectable()
export class JobProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger('Jobs');
  private readonly runners: JobRunner[] = [];

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly draining: Draining,
    private readonly events: EventsService,
    private readonly heartbeat: WorkerHeartbeat,
    private readonly lease: WorkerLease,
    private readonly outbox: OutboxService,
    private readonly gate: StorageGate,
    private readonly progress: JobProgressService,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
    private readonly slots: SandboxSlots,
    private readonly temporary: TemporaryFiles,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.environment.runsJobs) return;
    this.heartbeat.addHolder({
      renewed: async () => {
        // Not before there is a lease: what is announced could not be claimed.
        if (this.runners.length === 0) for (const kind of this.registry.kinds) this.listen(kind);
        await Promise.all(this.runners.map((runner) => runner.compare()));
      },
      lost: () => {
        for (const runner of this.runners) runner.leaseLost();
      },
    });
    this.draining.onStart(() => this.drain());
  }

  /** Works on due jobs of a kind in every free slot, without an announcement. */
  workOn(kind: string): void {
    const runner = this.runners.find((one) => one.kind.name === kind);
    if (!runner) return;
    for (let slot = 0; slot < this.concurrencyOf(runner.kind); slot++) this.work(runner).catch(() => undefined);
  }

  private listen(kind: JobKind): void {
    const runner = this.runnerOf(kind);
    this.runners.push(runner);
    for (const status of ['cancelled', 'removed']) {
      if (kind.event === undefined) break;
      this.events.on(`${kind.event}.${status}`, ({ id }) => {
        runner.abortJob(id);
      });
    }
    const queue = this.queue.of(kind.name);
    queue.on('error', (error: unknown) => {
      this.logger.debug(`Bull queue error: ${String(error)}`);
    });
    queue
      .process(this.concurrencyOf(kind), () => this.work(runner))
      .catch((error: unknown) => {
        this.logger.error(`Bull worker failed to start: ${String(error)}`);
      });
  }

  private runnerOf(kind: JobKind): JobRunner {
    const { gate, lease, logger, progress, temporary } = this;
    const pool = poolOf(this.source);
    const hooks = this.registry.hooks;
    const stopping = () => this.draining.started;
    return new JobRunner(kind, {
      logger,
      pool,
      lease,
      progress,
      temporary,
      gate,
      slots: kind.lane === 'cpu' ? this.slots : UNSHARED,
      concurrency: this.concurrencyOf(kind),
      writer: new ResultWriter(kind, { pool, db: this.db, logger, hooks, stopping }),
      changed: () => {
        if (kind.event !== undefined) this.outbox.notify();
      },
      requeued: ({ id, job_id, attempt }) => {
        void this.queue.enqueue(kind.name, [{ id, job_id: `${job_id}-after-${attempt}` }]);
      },
    });
  }

  private concurrencyOf(kind: JobKind): number {
    return kind.lane === 'cpu' ? this.environment.MAX_WORKERS : (kind.concurrency ?? NETWORK_CONCURRENCY);
  }

  private async work(runner: JobRunner): Promise<void> {
    await runner.work().catch((error: unknown) => {
      this.logger.warn(`Claiming jobs of ${runner.kind.name} failed; the rescuer will retry: ${String(error)}`);
    });
  }

  /** Lets running jobs finish for a while, then has them handed back. */
  private async drain(): Promise<void> {
    for (const runner of this.runners) {
      runner.stopClaiming();
      const queue = this.queue.of(runner.kind.name);
      queue.pause(true, true).catch((error: unknown) => {
        this.logger.debug(`Bull queue was not paused: ${String(error)}`);
      });
    }
    const settled = () => Promise.all(this.runners.map((runner) => runner.settled()));
    await Promise.race([settled(), delay(this.environment.SHUTDOWN_GRACE * 1000, undefined, { ref: false })]);
    for (const runner of this.runners) runner.handBackAll();
    await settled();
  }
}
