import type { Queue } from 'bull';
import { inTime } from '../in-time.js';

/** Milliseconds that a ring may take before the sweeper is left to do it. */
const PATIENCE = 1_000;

/**
 * Adds a job that tells the workers of a row; once a job id, however often it is asked to.
 * @throws when Redis did not take it in time; losing a ring loses nothing, for the sweeper rings again.
 */
export async function ring<Job>(queue: Queue<Job>, job: Job, jobId: string): Promise<void> {
  await inTime(PATIENCE, queue.add(job, { jobId }));
}
