import { Injectable } from '@nestjs/common';
import { JobBoardService } from '../../jobs/board/job-board.service.js';
import type { QueueBoardResponse } from './queue-board.dto.js';

/** All queues, as the job core tells of them. */
@Injectable()
export class QueueBoardService {
  constructor(private readonly jobs: JobBoardService) {}

  async board(): Promise<QueueBoardResponse> {
    return { items: await this.jobs.states() };
  }
}
