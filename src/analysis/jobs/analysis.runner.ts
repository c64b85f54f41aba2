import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { isDatabaseAway, isDatabaseFull } from '../../platform/database/database-errors.js';
import { DiskFailure, diskFailureOf } from '../../platform/disk/disk-failure.js';
import { EventsService } from '../../platform/events/events.service.js';
import { FilesService } from '../../files/files.service.js';
import { StorageGate } from '../../files/storage-gate.service.js';
import { ANALYSIS_EVENTS } from '../analysis.events.js';
import { analysisTimedOut, analyzerCrashed, diskExhausted } from '../analysis.failures.js';
import { type Claim, claim, complete, fail, handBack, isCompletedBy } from '../analysis.queries.js';
import { ArtifactKeeper } from './artifact-keeper.js';
import { AttemptService, type Ended, LEASE } from './attempt.service.js';
import type { FileType } from '../../media/media-type/file-types.js';
import type { SandboxOutcome } from '../../sandbox/messages.js';
import { traceOf } from './trace.js';

/** Milliseconds for which a finish is tried again while PostgreSQL is away; then the lease runs out and the work is redone. */
const FINISH_PATIENCE = 60_000;

/** How an attempt ended for its row; `waiting` is queued until the disk has room. */
type Ending = 'completed' | 'failed' | 'queued' | 'waiting' | 'refused';

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
    private readonly files: FilesService,
    private readonly gate: StorageGate,
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
    let { progress } = mine;
    const seconds = () => (performance.now() - started) / 1000;
    const ending = await this.attempts
      .run(mine, this.timeoutOf(mine.file_type), (ended) => {
        ({ progress } = ended);
        return this.finish(mine, ended, seconds());
      })
      .catch((error: unknown) => this.handBackForRoom(mine, error, seconds(), progress));
    this.logger.log({ message: `Attempt ${mine.attempt} ends: ${ending}`, ...traceOf(mine) });
    if (ending === 'completed' || ending === 'failed') {
      this.events.publish({ type: ANALYSIS_EVENTS[ending], id: mine.id });
      if (mine.attempt > 1) await this.artifacts.removeLeftovers(mine);
    } else if (ending === 'queued' || ending === 'waiting') {
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
      case 'disk_failed':
        throw new DiskFailure(outcome.trouble, outcome.reason);
      case 'aborted':
        return (await this.persist(() => handBack(this.db, mine, false, progress))) ? 'queued' : 'refused';
    }
  }

  /**
   * Hands back what met a full disk, once its own files are gone; it goes on by itself when there is room. An attempt that
   * needs more than there is counts as a crash does, and the third fails.
   */
  private async handBackForRoom(mine: Claim, error: unknown, seconds: number, progress: number): Promise<Ending> {
    const failure = diskFailureOf(error);
    if (!failure) throw error;
    const waits = await this.gate.closeAfter(failure);
    if (await this.persist(() => handBack(this.db, mine, !waits, progress))) return waits ? 'waiting' : 'queued';
    return this.fail(mine, diskExhausted(), seconds, progress);
  }

  private async complete(
    mine: Claim,
    { results, artifacts }: Extract<SandboxOutcome, { kind: 'done' }>,
    workDirectory: string,
    seconds: number,
  ): Promise<Ending> {
    const put = await this.artifacts.put(mine, artifacts, workDirectory);
    const completed = await this.persist(async () => {
      const done = await this.db.transaction(async (db) => {
        if (!(await complete(db, mine, results, seconds))) return false;
        await this.files.keep(db, put);
        return true;
      });
      // A refused finish is our own when the answer to the commit was lost.
      return done || isCompletedBy(this.db, mine);
    });
    if (completed) {
      this.gate.open();
      return 'completed';
    }
    await this.files.discard(put);
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
        const isFull = isDatabaseFull(error);
        if (!isFull && (!isDatabaseAway(error) || performance.now() > until)) throw error;
        if (this.attempts.stopping) throw error;
        const trouble = isFull ? 'The disk of PostgreSQL is full' : 'PostgreSQL is away';
        this.logger.warn(`${trouble}; the outcome is kept and written again in 0.5 s`);
        await delay(500);
      }
    }
  }

  private timeoutOf(fileType: FileType): number {
    const { IMAGE_TIMEOUT, VIDEO_TIMEOUT, DOCUMENT_TIMEOUT } = this.environment;
    return { image: IMAGE_TIMEOUT, video: VIDEO_TIMEOUT, document: DOCUMENT_TIMEOUT }[fileType] * 1000;
  }
}
