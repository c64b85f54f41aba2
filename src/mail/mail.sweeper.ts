import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { enqueue } from '../platform/queue/enqueue.js';
import { PeriodicTasks } from '../platform/scheduling/periodic-tasks.js';
import { giveUpLost, removeEndedMails, unattendedMails } from './mail.queries.js';
import { type MailJob, MAILS } from './mail.service.js';

/** Milliseconds between two looks at what nobody attends to. */
const INTERVAL = 2_500;

/** Seconds that a mail may be due before it is rung for again. */
const UNRUNG = 2;

/** Mails that one look rings for. */
const LIMIT = 200;

/** Days for which it can be looked up that a mail was sent, and when. */
const KEEP_DAYS = 30;

/** Rings for retries and for what was forgotten, and removes what is over. */
@Injectable()
export class MailSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MailSweeper.name);
  private readonly periodicTasks = new PeriodicTasks(this.logger);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    @InjectQueue(MAILS) private readonly queue: Queue<MailJob>,
  ) {}

  onApplicationBootstrap(): void {
    this.periodicTasks.start(INTERVAL, () => this.sweep());
    this.periodicTasks.start(this.environment.JOB_CLEANUP_INTERVAL * 1000, () => removeEndedMails(this.db, KEEP_DAYS));
  }

  onApplicationShutdown(): Promise<void> {
    return this.periodicTasks.stop();
  }

  private async sweep(): Promise<void> {
    await giveUpLost(this.db);
    for (const { id, attempts } of await unattendedMails(this.db, UNRUNG, LIMIT)) {
      if (this.periodicTasks.signal.aborted) return;
      // The job of a lost worker may still stand in Redis under its own id.
      await enqueue(this.queue, { mailId: id }, attempts === 0 ? id : `${id}-after-${attempts}`);
    }
  }
}
