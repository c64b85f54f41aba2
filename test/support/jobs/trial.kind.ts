import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { JobFailure, JobPostponed } from '../../../src/jobs/job-errors.js';
import {
  type Claim,
  exponentialRetry,
  type JobContext,
  type JobKind,
  RegisterJobKind,
} from '../../../src/jobs/job.kind.js';

export const TRIALS = 'trials';

/** What an attempt at a trial does, besides waiting while trials are held. */
export type Behaviour = 'succeed' | 'fail' | 'fail for good' | 'crash' | 'postpone' | 'outlast' | 'break the store';

interface TrialWork {
  readonly behaviour: Behaviour;
}

/** Milliseconds between two looks whether trials are held. */
const INTERVAL_MS = 20;

/** Its table; `trial_results` tells what has taken effect, `trial_control` holds attempts that have begun. */
export const TRIAL_TABLES = `
  CREATE TABLE trials (id uuid PRIMARY KEY, behaviour text NOT NULL DEFAULT 'succeed', secret text DEFAULT 'secret');
  SELECT add_job_kind('trials', 'trials');
  CREATE TABLE trial_results (id uuid NOT NULL, attempt integer NOT NULL);
  CREATE TABLE trial_facts (id uuid NOT NULL, fact text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY);
  CREATE TABLE trial_control (held boolean NOT NULL);
  INSERT INTO trial_control VALUES (false)`;

/** A kind of job that exists only in tests: this file and the tables above are all that it takes. */
@Injectable()
@RegisterJobKind()
export class TrialKind implements JobKind<TrialWork, number> {
  readonly name = TRIALS;
  readonly table = 'trials';
  readonly columns = 'behaviour';
  readonly lane = 'network';
  readonly concurrency = 16;
  readonly event = 'trial';
  readonly clears = ['secret'];
  readonly needsDirectory = true;
  readonly maxCrashes = 3;
  readonly poison = { code: 'trial_crashed', message: 'The trial crashed too often.' };
  readonly retry = exponentialRetry(0.2, 2, 60, 3);

  constructor(@InjectEntityManager() private readonly db: EntityManager) {}

  timeoutSeconds({ behaviour }: TrialWork): number {
    return behaviour === 'outlast' ? 0.3 : 60;
  }

  async run({ attempt, behaviour }: Claim<TrialWork>, { progress, signal }: JobContext): Promise<number> {
    progress(50, 'Half of it');
    while (await this.isHeld()) {
      signal.throwIfAborted();
      await delay(INTERVAL_MS);
    }
    if (behaviour === 'outlast') await delay(60_000, undefined, { signal });
    if (behaviour === 'fail') throw new JobFailure('trial_failed', `Attempt ${attempt} failed.`);
    if (behaviour === 'fail for good') throw new JobFailure('trial_failed', 'It never works.', true);
    if (behaviour === 'postpone' && attempt === 1) throw new JobPostponed('There is no room.', 0.2);
    if (behaviour === 'crash') throw new Error('Unforeseen');
    return attempt;
  }

  async store(db: EntityManager, { id, behaviour }: Claim<TrialWork>, attempt: number): Promise<void> {
    if (behaviour === 'break the store') await db.query('SELECT 1 / 0');
    await db.query('INSERT INTO trial_results (id, attempt) VALUES ($1, $2)', [id, attempt]);
  }

  /** While PostgreSQL is away nothing is held. */
  private async isHeld(): Promise<boolean> {
    const rows = await this.db
      .query<{ held: boolean }[]>('SELECT held FROM trial_control')
      .catch(() => [{ held: true }]);
    return rows[0]?.held ?? false;
  }
}
