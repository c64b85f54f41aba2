import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { PeriodicTasks } from '../platform/scheduling/periodic-tasks.js';
import { markExpired, takeLeftovers } from './files.queries.js';
import { FilesService } from './files.service.js';
import { TemporaryFiles } from './temporary-files.service.js';

/** Seconds for which a file may wait for the transaction that refers to it. */
const PENDING_SECONDS = 3600;

/** Files that are removed at once. */
const LIMIT = 200;

/** Removes files that have expired, whose removal was cut short, or whose transaction never came. Nothing else goes. */
@Injectable()
export class FilesCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly periodicTasks = new PeriodicTasks(new Logger(FilesCleaner.name));

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly files: FilesService,
    private readonly temporary: TemporaryFiles,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.environment.runsJobs) return;
    this.periodicTasks.start(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp());
  }

  onApplicationShutdown(): Promise<void> {
    return this.periodicTasks.stop();
  }

  /** Every process may do so at once. */
  async cleanUp(pendingSeconds = PENDING_SECONDS): Promise<void> {
    await this.temporary.removeLeftovers();
    await markExpired(this.db);
    while (!this.periodicTasks.signal.aborted) {
      const taken = await takeLeftovers(this.db, pendingSeconds, LIMIT);
      const removed = await this.files.removeTaken(taken);
      if (taken.length < LIMIT || removed === 0) return;
    }
  }
}
