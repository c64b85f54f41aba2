import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { isDatabaseAway } from '../../platform/database/database-errors.js';
import { EventsService } from '../../platform/events/events.service.js';
import { ANALYSIS_EVENTS } from '../analysis.events.js';
import { analysisTimedOut, analyzerCrashed } from '../analysis.failures.js';
import { type Claim, claim, complete, fail, handBack, isCompletedBy } from '../analysis.queries.js';
import { ArtifactKeeper } from './artifact-keeper.js';
import { AttemptService, type Ended, LEASE } from './attempt.service.js';
import type { FileType } from '../../media/media-type/file-types.js';
import type { SandboxOutcome } from '../../sandbox/messages.js';
import { traceOf } from './trace.js';

/** Milliseconds for which a finish is tried again while PostgreSQL is away; then the lease runs out and the work is redone. */
const FINISH_PATIENCE = 60_000;

/** How an attempt ended for its row. */
type Ending = 'completed' | 'failed' | 'queued' | 'refused';

/** A worker's whole dealing with one analysis: claim, attempt, finish. */
@Injectable()
export class AnalysisRunner {
  private readonly logger = new Logger(AnalysisRunner.name);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly attempts: AttemptService,
    private readonly artifacts: ArtifactKeeper,
    private readonly events: EventsService,
  ) {}

  /** Attempts the analysis until it is done, failed, or no longer this worker's. */
  async run(id: string): Promise<void> {
    for (;;) {
      const mine = await claim(this.db, id, LEASE);
      if (!mine) return;
      const ending = await this.attempt(mine);
      if (ending !== 'queued' || this.attempts.stopping) return;
    }
  }

  private async attempt(mine: Claim): Promise<Ending> {
    const started = performance.now();
    this.logger.log({ message: `Attempt ${mine.attempt} at ${mine.file_type} starts`, ...traceOf(mine) });
    this.events.publish({ type: ANALYSIS_EVENTS.started, id: mine.id });
    const ending = await this.attempts.run(mine, this.timeoutOf(mine.file_type), (ended) =>
      this.finish(mine, ended, (performance.now() - started) / 1000),
    );
    this.logger.log({ message: `Attempt ${mine.attempt} ends: ${ending}`, ...traceOf(mine) });
    if (ending === 'completed' || ending === 'failed') {
      this.events.publish({ type: ANALYSIS_EVENTS[ending], id: mine.id });
      await this.artifacts.discardEarlier(mine);
    } else if (ending === 'queued') {
      this.events.publish({ type: ANALYSIS_EVENTS.progress, id: mine.id });
    }
    return ending;
  }

  private async finish(mine: Claim, { outcome, workDirectory, progress }: Ended, seconds: number): Promise<Ending> {
    const fail = (failure: { code: string; message: string }) => this.fail(mine, failure, seconds, progress);
    switch (outcome.kind) {
      case 'done':
        return this.complete(mine, outcome, workDirectory, seconds);
      case 'failed':
        return fail(outcome);
      case 'timed_out':
        return fail(analysisTimedOut(this.timeoutOf(mine.file_type) / 1000));
      case 'crashed':
        this.logger.warn({ message: 'The analyzer process died', reason: outcome.reason, ...traceOf(mine) });
        if (await this.persist(() => handBack(this.db, mine, true, progress))) return 'queued';
        return fail(analyzerCrashed());
      case 'aborted':
        return (await this.persist(() => handBack(this.db, mine, false, progress))) ? 'queued' : 'refused';
    }
  }

  private async complete(
    mine: Claim,
    { results, artifacts }: Extract<SandboxOutcome, { kind: 'done' }>,
    workDirectory: string,
    seconds: number,
  ): Promise<Ending> {
    const kept = await this.artifacts.keep(mine, artifacts, workDirectory);
    const completed = await this.persist(async () => {
      const done = await this.db.transaction((db) => complete(db, mine, results, kept, seconds));
      // A refused finish is our own when the answer to the commit was lost.
      return done || isCompletedBy(this.db, mine);
    });
    if (completed) return 'completed';
    await this.artifacts.discard(mine);
    return 'refused';
  }

  private async fail(
    mine: Claim,
    { code, message }: { code: string; message: string },
    seconds: number,
    progress: number,
  ): Promise<Ending> {
    return (await this.persist(() => fail(this.db, mine, { code, message }, seconds, progress))) ? 'failed' : 'refused';
  }

  /** Writes an ending, again and again while PostgreSQL is away and this process may still wait for it. */
  private async persist(write: () => Promise<boolean>): Promise<boolean> {
    const until = performance.now() + FINISH_PATIENCE;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isDatabaseAway(error) || performance.now() > until || this.attempts.stopping) throw error;
        this.logger.warn('PostgreSQL is away; the ending is kept and written again');
        await delay(500);
      }
    }
  }

  private timeoutOf(fileType: FileType): number {
    const { IMAGE_TIMEOUT, VIDEO_TIMEOUT, DOCUMENT_TIMEOUT } = this.environment;
    return { image: IMAGE_TIMEOUT, video: VIDEO_TIMEOUT, document: DOCUMENT_TIMEOUT }[fileType] * 1000;
  }
}
