import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';

/** What a claim gives of every job, whatever its kind. */
export interface ClaimedJob {
  readonly id: string;
  /** From 1; what a late worker's write is refused by. */
  readonly attempt: number;
  /** Attempts of this run before this one that took their process with them. */
  readonly crashes: number;
  /** Percent that an earlier attempt has reached. */
  readonly progress: number;
  readonly job_id: string;
  readonly owner_id: string | null;
  readonly request_id: string | null;
}

/** A worker's right to one attempt at a job, with the columns that its kind asks for. */
export type Claim<Work> = ClaimedJob & Work;

/** A stable code and a sentence for the owner of the job. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** How a job ended for good. */
export type FinalStatus = 'completed' | 'failed' | 'cancelled';

/**
 * What an attempt came to: a final status, `queued` for one more attempt, `refused` when another attempt has taken over,
 * `unknown` when it could not be written.
 */
export type Ending = 'completed' | 'failed' | 'queued' | 'refused' | 'unknown';

/** Seconds to wait before the next attempt when the attempt with this number has failed; null when it was the last. */
export type RetryPolicy = (attempt: number) => number | null;

/** What is lent to one attempt. */
export interface JobContext {
  /** Aborted at the time limit, at a shutdown, and when the job was cancelled or taken over. */
  readonly signal: AbortSignal;
  /** A folder of this attempt alone, removed when it has ended; empty for kinds that ask for none. */
  readonly workDirectory: string;
  /** Reports how far it is; coalesced, never falling, 99 at most. */
  readonly progress: (percent: number, message: string) => void;
  /** Logs a warning that carries the ids of the job and of the request that asked for it. */
  readonly warn: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * One kind of work: what is claimed, how it is done, what belongs to its end. Its table is one of `add_job_kind`. `run` says by
 * its error how an attempt ended: see `job-errors.ts`; any other error counts as a crash.
 */
export interface JobKind<Work extends object = object, Result = unknown> {
  /** Of the Bull queue, and in the board, metrics and logs. */
  readonly name: string;
  readonly table: string;
  /** What a claim returns besides `ClaimedJob`, as a list of SQL; empty for nothing. */
  readonly columns: string;
  /** Which slots it takes: those of the processor, shared by all kinds of a process, or `concurrency` of its own. */
  readonly lane: 'cpu' | 'network';
  /** Jobs that a process works on at once in the lane `network`. */
  readonly concurrency?: number;
  /** Columns that are emptied when a job ends, in the same statement: secrets that were only needed to do it. */
  readonly clears?: readonly string[];
  /** Columns of its own that are emptied when a job that has ended is started over. */
  readonly clearsOnRestart?: readonly string[];
  /** Beginning of the types of its events, such as `analysis` of `analysis.completed`; without it no change is told. */
  readonly event?: string;
  /** Whether it writes to the disk though it is of the lane `network`: nothing of it is begun while the disk is full. */
  readonly needsDisk?: boolean;
  /** The error of a job that met a full disk as often as it may crash, though there was room before each attempt. */
  readonly outOfRoom?: JobError;
  /** Whether each attempt has a folder of its own. */
  readonly needsDirectory?: boolean;
  /** Days for which a job that has ended is kept; without it the module removes its rows itself. */
  readonly keepDays?: number;
  /** Whether the board counts those that have failed. */
  readonly countsFailed?: boolean;
  /** Crashes after which a job is failed as poison. */
  readonly maxCrashes: number;
  /** The error of poison. */
  readonly poison: JobError;
  readonly retry: RetryPolicy;
  /** Seconds that one attempt may take. */
  timeoutSeconds(work: Work): number;
  /** The error of an attempt that took too long; by default it is retried like any other failure. */
  timedOut?(work: Work): Error;
  run(job: Claim<Work>, context: JobContext): Promise<Result>;
  /** Writes the result in the transaction of `completed`. */
  store?(db: EntityManager, job: Claim<Work>, result: Result): Promise<void>;
  /** Is called in the transaction of the end of an attempt that is final, after `store`. */
  ended?(db: EntityManager, job: Claim<Work>, status: FinalStatus, seconds: number): Promise<void>;
  /** Is called after the commit, unless the ending is unknown: removes what this attempt or those before it have left outside the database. */
  cleanUp?(job: Pick<ClaimedJob, 'id' | 'attempt'>, ending: Ending): Promise<void>;
}

/** What other modules want to do in the transaction of a change of state, whatever the kind: credits, quotas. */
export interface JobHook {
  admitted?(db: EntityManager, kind: string, job: JobFacts): Promise<void>;
  ended?(db: EntityManager, kind: string, job: JobFacts, status: FinalStatus): Promise<void>;
}

export interface JobFacts {
  readonly id: string;
  readonly owner_id: string | null;
  readonly attempt: number;
}

/** Makes a provider a kind of job; the core finds it wherever its module lists it. */
export const RegisterJobKind = DiscoveryService.createDecorator();

/** Makes a provider a hook into the changes of all jobs. */
export const RegisterJobHook = DiscoveryService.createDecorator();

/** Fails at the first failure. */
export const NEVER: RetryPolicy = () => null;

/** Waits `first` seconds after the first failure, `factor` times as long after each further one, `attempts` attempts in all. */
export const exponentialRetry =
  (first: number, factor: number, longest: number, attempts: number): RetryPolicy =>
  (attempt) =>
    attempt >= attempts ? null : Math.min(first * factor ** (attempt - 1), longest);
