import type { Queue } from 'bull';
import { withTimeout } from '../timeouts/with-timeout.js';

/** Time after which an enqueue fails; the rescuer then does it. */
const TIMEOUT_MS = 1_000;

/**
 * Adds a job that wakes the workers of a row; once for each job id, however often it is called.
 * @throws when Redis did not take it in time. Nothing is lost: the rescuer enqueues it again.
 */
export async function enqueue<Job>(queue: Queue<Job>, job: Job, jobId: string): Promise<void> {
  await withTimeout(queue.add(job, { jobId }), TIMEOUT_MS);
}
