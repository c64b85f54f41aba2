import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bull';

export const ANALYSES = 'analyses';

export interface AnalysisJob {
  readonly analysisId: string;
}

/** Milliseconds that a ring may take before the sweeper is left to do it. */
const PATIENCE = 1_000;

/** Tells the workers that an analysis waits. Losing a ring loses nothing: the sweeper rings again. */
@Injectable()
export class DoorbellService {
  private readonly logger = new Logger(DoorbellService.name);

  constructor(@InjectQueue(ANALYSES) private readonly queue: Queue<AnalysisJob>) {}

  /** Rings once a job id, however often it is asked to; false when Redis did not take it. */
  async ring(analysisId: string, jobId: string): Promise<boolean> {
    const ringing = this.queue.add({ analysisId }, { jobId });
    ringing.catch(() => undefined);
    const patience = new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error('Redis did not answer in time'));
      }, PATIENCE).unref();
    });
    try {
      await Promise.race([ringing, patience]);
      return true;
    } catch (error) {
      this.logger.warn(`Not rung, the sweeper will: ${String(error)}`);
      return false;
    }
  }
}
