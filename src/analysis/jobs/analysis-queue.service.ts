import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { jobCountsOf, type QueueState } from '../../platform/queue/queue-state.js';
import { ANALYSES, type AnalysisJob } from './doorbell.service.js';
import { countOpenAnalyses } from './queue.queries.js';

/** How many analyses wait and are worked on, and what Bull knows of them. */
@Injectable()
export class AnalysisQueueService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    @InjectQueue(ANALYSES) private readonly queue: Queue<AnalysisJob>,
  ) {}

  async state(): Promise<QueueState> {
    const [rows, jobs] = await Promise.all([countOpenAnalyses(this.db), jobCountsOf(this.queue)]);
    return { name: ANALYSES, rows, jobs };
  }
}
