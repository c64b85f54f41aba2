import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { mkdir } from 'node:fs/promises';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { EventsService } from '../../platform/events/events.service.js';
import { FilesService } from '../../files/files.service.js';
import { TemporaryFiles } from '../../files/temporary-files.service.js';
import { analyzeTaskMessage } from '../analyze-task-message.js';
import { ANALYSIS_EVENTS } from '../analysis.events.js';
import { type Claim, renew } from '../analysis.queries.js';
import { ProgressReporter } from './progress-reporter.js';
import { ProgressService } from './progress.service.js';
import { SandboxService } from '../../sandbox/sandbox.service.js';
import type { SandboxOutcome } from '../../sandbox/messages.js';
import { traceOf } from './trace.js';
import { removeWork, workNameOf } from './work-directory.js';

/** Seconds after which a worker that says nothing counts as lost. */
export const LEASE = 10;

/** Milliseconds between two renewals. */
const RENEWAL = 3_000;

/** What is lent to the finish of an attempt. */
export interface Ended {
  readonly outcome: SandboxOutcome;
  readonly workDirectory: string;
  /** Percent that were reported last. */
  readonly progress: number;
}

interface Running {
  readonly mine: Claim;
  readonly reporter: ProgressReporter;
  readonly controller: AbortController;
}

/** Runs attempts in analyzer processes: keeps the lease, carries progress, stops what is no longer wanted. */
@Injectable()
export class AttemptService implements OnModuleInit {
  private readonly logger = new Logger(AttemptService.name);
  /** A lost attempt and its successor may run side by side for a moment, so they are not known by their id. */
  private readonly underWay = new Set<Running>();
  private stopped = false;

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly sandbox: SandboxService,
    private readonly progress: ProgressService,
    private readonly files: FilesService,
    private readonly temporary: TemporaryFiles,
  ) {}

  onModuleInit(): void {
    this.events.on(ANALYSIS_EVENTS.cancelled, ({ id }) => {
      for (const { mine, controller } of this.underWay) if (mine.id === id) controller.abort();
    });
  }

  get stopping(): boolean {
    return this.stopped;
  }

  /** Stops what runs, to be handed back to the queue. */
  stop(): void {
    this.stopped = true;
    for (const { controller } of this.underWay) controller.abort();
  }

  /** One attempt in a directory of its own, which is lent to the finish and then removed. */
  async run<T>(mine: Claim, timeout: number, finish: (ended: Ended) => Promise<T>): Promise<T> {
    const running = await this.start(mine);
    const { controller, reporter } = running;
    const lease = setInterval(() => void this.keepLease(running), RENEWAL);
    this.underWay.add(running);
    // It was claimed before the stop, and is begun after it.
    if (this.stopped) controller.abort();
    try {
      const attempt = async (workDirectory: string) => {
        await mkdir(workDirectory);
        const outcome = await this.analyze(running, workDirectory, timeout);
        return finish({ outcome, workDirectory, progress: reporter.percent });
      };
      return await this.temporary.during('work', attempt, workNameOf(mine));
    } finally {
      this.underWay.delete(running);
      clearInterval(lease);
      reporter.stop();
      if (mine.attempt > 1) await removeWork(this.temporary, mine);
    }
  }

  /** Goes on from what a lost attempt has said; its row may be some seconds behind. */
  private async start(mine: Claim): Promise<Running> {
    const said = mine.attempt > 1 ? await this.progress.read(mine.id, mine.job_id) : null;
    const progress = Math.max(mine.progress, said?.progress ?? 0);
    return {
      mine,
      reporter: new ProgressReporter(this.progress, mine.id, mine.job_id, progress),
      controller: new AbortController(),
    };
  }

  private analyze(
    { mine, reporter, controller }: Running,
    workDirectory: string,
    timeout: number,
  ): Promise<SandboxOutcome> {
    const { file_type, media_type, features, options } = mine;
    return this.files.withLocalFile(mine, (path) =>
      this.sandbox.run(
        analyzeTaskMessage(
          this.environment,
          { fileType: file_type, task: { path, mediaType: media_type, features, options } },
          { workDirectory, timeout },
        ),
        {
          timeout,
          signal: controller.signal,
          progress: (percent, message) => {
            reporter.update(percent, message);
          },
          report: (error) => {
            this.logger.warn({ message: 'A feature failed', error, ...traceOf(mine) });
          },
        },
      ),
    );
  }

  private async keepLease({ mine, reporter, controller }: Running): Promise<void> {
    try {
      reporter.repeat();
      if (!(await renew(this.db, mine, LEASE, reporter.percent))) controller.abort();
    } catch (error) {
      this.logger.warn({ message: `The lease was not renewed: ${String(error)}`, ...traceOf(mine) });
    }
  }
}
