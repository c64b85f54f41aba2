import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { EventsService } from '../platform/events/events.service.js';
import { StorageService } from '../storage/storage.service.js';
import { ANALYSIS_EVENTS } from './analysis.events.js';
import { type Claim, renew } from './analysis.queries.js';
import { ProgressReporter } from './progress-reporter.js';
import { ProgressService } from './progress.service.js';
import { AnalyzerPool } from './runtime/analyzer-pool.js';
import type { Outcome } from './runtime/messages.js';

/** Seconds after which a worker that says nothing counts as lost. */
export const LEASE = 10;

/** Milliseconds between two renewals. */
const RENEWAL = 3_000;

/** Runs attempts in analyzer processes: keeps the lease, carries progress, stops what is no longer wanted. */
@Injectable()
export class AttemptService implements OnModuleInit {
  private readonly logger = new Logger(AttemptService.name);
  private readonly underWay = new Map<string, AbortController>();
  private stopped = false;

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly pool: AnalyzerPool,
    private readonly progress: ProgressService,
    private readonly storage: StorageService,
  ) {}

  onModuleInit(): void {
    this.events.on(ANALYSIS_EVENTS.cancelled, ({ id }) => this.underWay.get(id)?.abort());
  }

  get stopping(): boolean {
    return this.stopped;
  }

  /** Stops what runs, to be handed back to the queue. */
  stop(): void {
    this.stopped = true;
    for (const controller of this.underWay.values()) controller.abort();
  }

  /** One attempt in a directory of its own, which is lent to the finish and then removed. */
  async run<T>(
    mine: Claim,
    timeout: number,
    finish: (outcome: Outcome, workDirectory: string) => Promise<T>,
  ): Promise<T> {
    const workDirectory = join(this.environment.temporaryDirectory, `work-${mine.id}-${mine.attempt}`);
    const controller = new AbortController();
    const reporter = new ProgressReporter(this.progress, mine.id, mine.job_id, mine.progress);
    const lease = setInterval(() => void this.keepLease(mine, reporter, controller), RENEWAL);
    this.underWay.set(mine.id, controller);
    try {
      await mkdir(workDirectory, { recursive: true });
      return await finish(await this.analyze(mine, workDirectory, timeout, reporter, controller.signal), workDirectory);
    } finally {
      this.underWay.delete(mine.id);
      clearInterval(lease);
      reporter.stop();
      await rm(workDirectory, { recursive: true, force: true });
    }
  }

  private analyze(
    { file_type, media_type, storage_key, features, options }: Claim,
    workDirectory: string,
    timeout: number,
    reporter: ProgressReporter,
    signal: AbortSignal,
  ): Promise<Outcome> {
    return this.storage.withLocalFile(storage_key, (path) =>
      this.pool.run(
        {
          fileType: file_type,
          task: { path, mediaType: media_type, features, options },
          workDirectory,
          ffmpeg: this.environment.ffmpeg,
        },
        {
          timeout,
          signal,
          progress: (percent, message) => {
            reporter.update(percent, message);
          },
          report: (error) => {
            this.logger.warn({ message: 'A feature failed', error });
          },
        },
      ),
    );
  }

  private async keepLease(mine: Claim, reporter: ProgressReporter, controller: AbortController): Promise<void> {
    try {
      reporter.repeat();
      if (!(await renew(this.db, mine, LEASE, reporter.percent))) controller.abort();
    } catch (error) {
      this.logger.warn(`The lease was not renewed: ${String(error)}`);
    }
  }
}
