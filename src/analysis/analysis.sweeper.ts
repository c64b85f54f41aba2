import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { EventsService } from '../platform/events/events.service.js';
import { IdempotencyService } from '../platform/http/idempotency.service.js';
import { StorageService } from '../storage/storage.service.js';
import { ANALYSIS_EVENTS } from './analysis.events.js';
import { analyzerCrashed } from './analysis.failures.js';
import { existing, failPoison, unattended } from './analysis.queries.js';
import { DoorbellService } from './doorbell.service.js';

/** Milliseconds between two looks at what nobody attends to. */
const INTERVAL = 2_500;

/** Seconds that a queued analysis may wait for its first ring. */
const UNRUNG = 3;

/** Rows that one look rings for. */
const LIMIT = 500;

/** Seconds without a change after which a file that no row speaks of is left-over. */
const LEFT_OVER = 900;

/** Rings again for what was forgotten, ends what is poison, and removes what nobody needs any more. */
@Injectable()
export class AnalysisSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnalysisSweeper.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly doorbell: DoorbellService,
    private readonly events: EventsService,
    private readonly idempotency: IdempotencyService,
    private readonly storage: StorageService,
  ) {}

  onApplicationBootstrap(): void {
    this.every(INTERVAL, () => this.sweep());
    this.every(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => this.cleanUp());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sweeping;
  }

  /** Redis may forget; the sweeper rings again for every queued row without a job, and for every lost lease. */
  async sweep(): Promise<void> {
    for (const id of await failPoison(this.db, analyzerCrashed())) {
      this.events.publish({ type: ANALYSIS_EVENTS.failed, id });
    }
    for (const { id, job_id, attempts, status } of await unattended(this.db, UNRUNG, LIMIT)) {
      // The job of a lost worker still stands in Redis under its own id.
      await this.doorbell.ring(id, status === 'queued' ? job_id : `${job_id}-after-${attempts}`);
    }
  }

  async cleanUp(): Promise<void> {
    await this.idempotency.cleanUp();
    await this.removeTemporaryFiles();
    await this.removeOrphans();
  }

  private every(milliseconds: number, work: () => Promise<void>): void {
    const round = () => {
      this.sweeping = this.sweeping.then(work).catch((error: unknown) => {
        this.logger.warn(`Sweeping failed and will be tried again: ${String(error)}`);
      });
    };
    this.timers.push(setInterval(round, milliseconds));
    round();
  }

  private async removeTemporaryFiles(): Promise<void> {
    const directory = this.environment.temporaryDirectory;
    for (const name of await readdir(directory).catch(() => [])) {
      const touched = await stat(join(directory, name)).catch(() => null);
      if (touched && touched.mtimeMs < Date.now() - LEFT_OVER * 1000) {
        await rm(join(directory, name), { recursive: true, force: true });
      }
    }
  }

  /** Files whose row was never committed, or whose removal was cut short. */
  private async removeOrphans(): Promise<void> {
    const group: string[] = [];
    for await (const folder of this.storage.foldersOlderThan(LEFT_OVER)) {
      group.push(folder);
      if (group.length >= LIMIT) await this.removeUnknown(group.splice(0));
    }
    await this.removeUnknown(group);
  }

  private async removeUnknown(folders: readonly string[]): Promise<void> {
    const known = await existing(this.db, folders);
    for (const folder of folders) if (!known.has(folder)) await this.storage.remove(folder);
  }
}
