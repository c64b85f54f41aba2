import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { EventsService } from '../../platform/events/events.service.js';
import { PeriodicTasks } from '../../platform/scheduling/periodic-tasks.js';
import { StorageGate } from '../../files/storage-gate.service.js';
import { TemporaryFiles } from '../../files/temporary-files.service.js';
import { IdempotencyService } from '../../platform/http/idempotency/idempotency.service.js';
import { ANALYSIS_EVENTS } from '../analysis.events.js';
import { analyzerCrashed } from '../analysis.failures.js';
import { ArtifactKeeper } from './artifact-keeper.js';
import { DoorbellService } from './doorbell.service.js';
import { ProgressService } from './progress.service.js';
import { failPoison, type Poison, poisonous, unattended } from './sweep.queries.js';
import { removeWork } from './work-directory.js';

/** Milliseconds between two looks at what nobody attends to. */
const INTERVAL = 2_500;

/** Seconds that a queued analysis may wait for its first ring. */
const UNRUNG = 3;

/** Rows that one look sees to. */
const LIMIT = 500;

/** Rings again for what was forgotten, ends what is poison, and sees to the cleaning. */
@Injectable()
export class AnalysisSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnalysisSweeper.name);
  private readonly periodicTasks = new PeriodicTasks(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly artifacts: ArtifactKeeper,
    private readonly doorbell: DoorbellService,
    private readonly events: EventsService,
    private readonly gate: StorageGate,
    private readonly idempotency: IdempotencyService,
    private readonly progress: ProgressService,
    private readonly temporary: TemporaryFiles,
  ) {}

  onApplicationBootstrap(): void {
    this.periodicTasks.start(INTERVAL, () => this.sweep());
    const cleaning = this.environment.JOB_CLEANUP_INTERVAL * 1000;
    this.periodicTasks.start(cleaning, () => this.idempotency.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.periodicTasks.stop();
  }

  private async sweep(): Promise<void> {
    for (const poison of await poisonous(this.db, LIMIT)) await this.end(poison);
    await this.ringAgain();
  }

  /** Its workers died before they could put anything away. */
  private async end(poison: Poison): Promise<void> {
    const said = await this.progress.read(poison.id, poison.job_id);
    if (!(await failPoison(this.db, poison, analyzerCrashed(), said?.progress ?? 0))) return;
    this.events.publish({ type: ANALYSIS_EVENTS.failed, id: poison.id });
    await removeWork(this.temporary, poison);
    await this.artifacts.removeLeftovers(poison);
  }

  /** Redis may forget; the sweeper rings again for every queued row without a job, and for every lost lease. */
  private async ringAgain(): Promise<void> {
    const waiting = await unattended(this.db, UNRUNG, LIMIT);
    // While the disk is full they could only be handed back.
    if (waiting.length === 0 || !(await this.gate.isOpen())) return;
    for (const { id, job_id, attempts, status } of waiting) {
      // The job of a lost worker still stands in Redis under its own id.
      const rung = await this.doorbell.ring(id, status === 'queued' ? job_id : `${job_id}-after-${attempts}`);
      if (!rung || this.periodicTasks.signal.aborted) return;
    }
  }
}
