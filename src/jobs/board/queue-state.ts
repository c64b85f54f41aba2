import type { Queue } from 'bull';
import { inTime } from '../../platform/in-time.js';

/** Milliseconds that Redis has to tell of a queue. */
const ANSWER_TIMEOUT_MS = 1_000;

/** The rows behind a queue: what there really is to do. */
export interface RowCounts {
  readonly waiting: number;
  readonly in_progress: number;
  /** Null where a row that failed is done with. */
  readonly failed: number | null;
  readonly oldest_waiting_at: Date | null;
}

/** The jobs of a queue in Bull: who has been told. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
  /** In all processes, as an operator may have asked Redis for. */
  readonly paused: boolean;
  readonly oldest_waiting_at: Date | null;
}

export interface QueueState {
  readonly name: string;
  readonly rows: RowCounts;
  /** Null while Redis is away. */
  readonly jobs: JobCounts | null;
}

/** Null when Redis does not answer in time. */
export async function jobCountsOf(queue: Queue): Promise<JobCounts | null> {
  const asked = Promise.all([queue.getJobCounts(), queue.isPaused(), queue.getWaiting(0, 0)]);
  const answer = await inTime(ANSWER_TIMEOUT_MS, asked).catch(() => null);
  if (!answer) return null;
  const [counts, paused, [oldest]] = answer;
  const { active, delayed, failed, completed } = counts;
  return {
    // While a queue is paused, Bull keeps in another list what waits.
    waiting: counts.waiting + ((counts as { paused?: number }).paused ?? 0),
    active,
    delayed,
    failed,
    completed,
    paused,
    oldest_waiting_at: oldest ? new Date(oldest.timestamp) : null,
  };
}
