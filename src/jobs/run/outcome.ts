import { isDatabaseAway, isDatabaseFull } from '../../platform/database/database-errors.js';
import { JobAborted, JobFailure, JobPostponed } from '../job-errors.js';
import type { ClaimedJob, JobError, JobKind } from '../job.kind.js';
import type { JobOutcome } from '../job.queries.js';

export type Change = Omit<JobOutcome, 'id' | 'attempt' | 'progress'>;

const QUEUED = { status: 'queued', crashed: false, delaySeconds: null, error_code: null, error_message: null } as const;

const failed = (error_code: string, error_message: string, crashed = false): Change => ({
  status: 'failed',
  crashed,
  delaySeconds: null,
  error_code,
  error_message,
});

const OUT_OF_ROOM: JobError = { code: 'storage_full', message: 'The job needs more disk space than the server has.' };

/** Seconds before an attempt that PostgreSQL interrupted or had no room for, is repeated. */
const DATABASE_AWAY_SECONDS = 1;

/**
 * What an error means for its job; null when the job is no longer this worker's and nothing is to be written.
 * @param job with the crashes before this attempt
 */
export function changeBy(kind: JobKind, job: ClaimedJob, error: unknown): Change | null {
  if (error instanceof JobAborted) return error.reason === 'unwanted' ? null : QUEUED;
  if (error instanceof JobPostponed) return postponed(error.message, error.seconds);
  if (error instanceof JobFailure) {
    const wait = error.permanent ? null : kind.retry(job.attempt);
    if (wait === null) return failed(error.code, error.message);
    return { ...QUEUED, delaySeconds: wait, error_message: error.message };
  }
  if (isDatabaseAway(error) || isDatabaseFull(error)) return { ...QUEUED, delaySeconds: DATABASE_AWAY_SECONDS };
  return crash(kind, job);
}

/** One more attempt later, with nothing counted. */
export const postponed = (error_message: string, delaySeconds: number): Change => ({
  ...QUEUED,
  delaySeconds,
  error_message,
});

/** As after a crash, for an attempt that needs more room than the disk has. */
export const outgrown = (kind: JobKind, job: ClaimedJob): Change => {
  if (job.crashes + 1 < kind.maxCrashes) return { ...QUEUED, crashed: true };
  const { code, message } = kind.outOfRoom ?? OUT_OF_ROOM;
  return failed(code, message, true);
};

/** One more attempt, unless as many have crashed as may: then the job is poison. */
export const crash = (kind: JobKind, job: ClaimedJob): Change =>
  job.crashes + 1 >= kind.maxCrashes
    ? failed(kind.poison.code, kind.poison.message, true)
    : { ...QUEUED, crashed: true };
