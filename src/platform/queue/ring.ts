import type { Queue } from 'bull';

/** Milliseconds that a ring may take before the sweeper is left to do it. */
const PATIENCE = 1_000;

/**
 * Adds a job that tells the workers of a row; once a job id, however often it is asked to.
 * @throws when Redis did not take it in time; losing a ring loses nothing, for the sweeper rings again.
 */
export async function ring<Job>(queue: Queue<Job>, job: Job, jobId: string): Promise<void> {
  const ringing = queue.add(job, { jobId });
  ringing.catch(() => undefined);
  const patience = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error('Redis did not answer in time'));
    }, PATIENCE).unref();
  });
  await Promise.race([ringing, patience]);
}
