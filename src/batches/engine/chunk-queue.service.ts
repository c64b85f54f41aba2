import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { jobCountsOf, type QueueState } from '../../platform/queue/queue-state.js';
import { BATCH_CHUNKS } from './doorbell.service.js';
import { countOpenChunks } from './queue.queries.js';

/** How many chunks of batches wait and are worked on, and what Bull knows of them. */
@Injectable()
export class ChunkQueueService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    @InjectQueue(BATCH_CHUNKS) private readonly queue: Queue,
  ) {}

  async state(): Promise<QueueState> {
    const [rows, jobs] = await Promise.all([countOpenChunks(this.db), jobCountsOf(this.queue)]);
    return { name: BATCH_CHUNKS, rows, jobs };
  }
}
