import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { jobCountsOf, type QueueState } from '../platform/queue/queue-state.js';
import { countOpenMails } from './mail.queries.js';
import { type MailJob, MAILS } from './mail.service.js';

/** How many mails wait and were given up, and what Bull knows of them. */
@Injectable()
export class MailQueueService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    @InjectQueue(MAILS) private readonly queue: Queue<MailJob>,
  ) {}

  async state(): Promise<QueueState> {
    const [rows, jobs] = await Promise.all([countOpenMails(this.db), jobCountsOf(this.queue)]);
    return { name: MAILS, rows, jobs };
  }
}
