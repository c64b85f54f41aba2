import type { Queue } from 'bull';
import { withTimeout } from '../timeouts/with-timeout.js';

/** Time that the requests to Redis for one queue may take. */
const TIMEOUT_MS = 1_000;

/** The rows behind a queue: the truth about what there is to do. */
export interface RowCounts {
  readonly waiting: number;
  readonly in_progress: number;
  /** Null where failed rows are final. */
  readonly failed: number | null;
  readonly oldest_waiting_at: Date | null;
}

/** The jobs of a queue in Bull. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
  /** In all processes, when an operator has paused the queue in Redis. */
  readonly paused: boolean;
  readonly oldest_waiting_at: Date | null;
}

export interface QueueState {
  readonly name: string;
  readonly rows: RowCounts;
  /** Null while Redis is away. */
  readonly jobs: JobCounts | null;
}

/** Returns null when Redis does not answer in time. */
export async function jobCountsOf(queue: Queue): Promise<JobCounts | null> {
  const asked = Promise.all([queue.getJobCounts(), queue.isPaused(), queue.getWaiting(0, 0)]);
  const answer = await withTimeout(asked, TIMEOUT_MS).catch(() => null);
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
