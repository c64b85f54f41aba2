import { Injectable } from '@nestjs/common';
import { AnalysisQueueService } from '../../analysis/jobs/analysis-queue.service.js';
import { ChunkQueueService } from '../../batches/engine/chunk-queue.service.js';
import { MailQueueService } from '../../mail/mail-queue.service.js';
import type { QueueBoardResponse } from './queue-board.dto.js';

/** All queues, as the modules tell of them that they belong to. */
@Injectable()
export class QueueBoardService {
  constructor(
    private readonly analyses: AnalysisQueueService,
    private readonly chunks: ChunkQueueService,
    private readonly mails: MailQueueService,
  ) {}

  async board(): Promise<QueueBoardResponse> {
    return { items: await Promise.all([this.analyses.state(), this.chunks.state(), this.mails.state()]) };
  }
}
