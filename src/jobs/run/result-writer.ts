import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { isTransient } from '../../platform/database/database-errors.js';
import type { Claim, Ending, FinalStatus, JobHook, JobKind } from '../job.kind.js';
import { finishedBefore, finishJobs, finishJobsAlone, type JobOutcome } from '../job.queries.js';
import { crash } from './outcome.js';

/** Outcomes that are written by one statement at most. */
const MAX_GROUP = 500;

/** Milliseconds before what could not be written is written again. */
const RETRY_MS = 500;

/** An attempt that has ended, until its outcome is written. */
export interface Settled<Work = object, Result = unknown> {
  readonly job: Claim<Work>;
  readonly outcome: JobOutcome;
  /** Of what is completed. */
  readonly result?: Result;
  readonly seconds: number;
}

interface Waiting {
  readonly settled: Settled;
  readonly written: (ending: Ending) => void;
}

export interface WriterParts {
  readonly pool: Pool;
  readonly db: EntityManager;
  readonly logger: Logger;
  readonly hooks: readonly JobHook[];
  /** Whether this process ends: then nothing is written again that could not be. */
  stopping(): boolean;
}

/** Writes the outcomes of one kind, as many to a statement as have gathered while the last was under way. */
export class ResultWriter {
  private readonly waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly kind: JobKind,
    private readonly parts: WriterParts,
  ) {}

  get backlog(): number {
    return this.waiting.length;
  }

  /** Resolves when it is written; see `Ending`. */
  write(settled: Settled): Promise<Ending> {
    return new Promise((written) => {
      this.waiting.push({ settled, written });
      this.writing ??= this.writeAll().finally(() => {
        this.writing = undefined;
      });
    });
  }

  private async writeAll(): Promise<void> {
    // What ends in the same turn of the event loop is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.writeGroup(this.waiting.splice(0, MAX_GROUP));
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    const settled = group.map((one) => one.settled);
    try {
      const accepted = await this.persist(settled);
      for (const { settled: one, written } of group) {
        written(accepted.has(one.job.id) ? one.outcome.status : 'refused');
      }
    } catch (error) {
      await this.writeApart(group, error);
    }
  }

  /** One outcome may be what PostgreSQL does not take: the others are written without it, and it becomes a crash. */
  private async writeApart(group: readonly Waiting[], error: unknown): Promise<void> {
    const [only, ...others] = group;
    if (!only) return;
    if (others.length > 0 && !isTransient(error)) {
      for (const one of group) await this.writeGroup([one]);
      return;
    }
    const { job, outcome, seconds } = only.settled;
    const trace = { kind: this.kind.name, job: job.id, err: error };
    if (isTransient(error) || outcome.status !== 'completed') {
      this.parts.logger.error({ message: 'The outcome of a job was not written; the rescuer takes it back', ...trace });
      for (const { written } of group) written('unknown');
      return;
    }
    this.parts.logger.error({ message: 'PostgreSQL refused the result of a job; it counts as a crash', ...trace });
    const { id, attempt, progress } = outcome;
    const change = crash(this.kind, job);
    await this.writeGroup([{ ...only, settled: { job, outcome: { id, attempt, progress, ...change }, seconds } }]);
  }

  /** Writes again and again while PostgreSQL is away, as long as this process lives. */
  private async persist(group: readonly Settled[]): Promise<Set<string>> {
    const outcomes = group.map(({ outcome }) => outcome);
    for (let isFirst = true; ; isFirst = false) {
      try {
        const accepted = await this.save(group, outcomes);
        if (isFirst || accepted.size === group.length) return accepted;
        // A refusal is our own when the answer to an earlier commit was lost.
        return new Set([...accepted, ...(await finishedBefore(this.parts.pool, this.kind, outcomes))]);
      } catch (error) {
        if (!isTransient(error) || this.parts.stopping()) throw error;
        this.parts.logger.warn(
          `Writing ${group.length} outcomes of ${this.kind.name} failed; retrying in ${RETRY_MS / 1000} s: ${String(error)}`,
        );
        await delay(RETRY_MS);
      }
    }
  }

  private save(group: readonly Settled[], outcomes: readonly JobOutcome[]): Promise<Set<string>> {
    const { kind, parts } = this;
    const isAlone = !kind.store && !kind.ended && !parts.hooks.some((hook) => 'ended' in hook);
    if (isAlone) return finishJobsAlone(parts.pool, kind, outcomes);
    return parts.db.transaction(async (db) => {
      const accepted = await finishJobs(db, kind, outcomes);
      for (const settled of group) if (accepted.has(settled.job.id)) await this.saveRest(db, settled);
      return accepted;
    });
  }

  private async saveRest(db: EntityManager, { job, outcome, result, seconds }: Settled): Promise<void> {
    const { kind, parts } = this;
    const { status } = outcome;
    if (status === 'queued') return;
    if (status === 'completed') await kind.store?.(db, job, result);
    await kind.ended?.(db, job, status satisfies FinalStatus, seconds);
    for (const hook of parts.hooks) await hook.ended?.(db, kind.name, job, status);
  }
}
