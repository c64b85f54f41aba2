import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bull';
import { enqueue } from '../../platform/queue/enqueue.js';

export const ANALYSES = 'analyses';

export interface AnalysisJob {
  readonly analysisId: string;
}

/** Tells the workers that an analysis waits. Losing a ring loses nothing: the sweeper rings again. */
@Injectable()
export class DoorbellService {
  private readonly logger = new Logger(DoorbellService.name);

  constructor(@InjectQueue(ANALYSES) private readonly queue: Queue<AnalysisJob>) {}

  /** Rings once a job id, however often it is asked to; false when Redis did not take it. */
  async ring(analysisId: string, jobId: string): Promise<boolean> {
    try {
      await enqueue(this.queue, { analysisId }, jobId);
      return true;
    } catch (error) {
      this.logger.warn(`Not rung, the sweeper will: ${String(error)}`);
      return false;
    }
  }
}
