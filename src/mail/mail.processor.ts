import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Queue } from 'bull';
import { Shutdown } from '../platform/lifecycle/shutdown.js';
import { MailSender } from './mail.sender.js';
import { type MailJob, MAILS } from './mail.service.js';

/** Mails that this process sends at once. */
const CONCURRENCY = 2;

/** The door: a ring is one call to the sender. */
@Injectable()
export class MailProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger(MailProcessor.name);

  constructor(
    @InjectQueue(MAILS) private readonly queue: Queue<MailJob>,
    private readonly sender: MailSender,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.onStart(() => this.drain());
    this.queue.on('error', (error: unknown) => {
      this.logger.debug(`The queue is disturbed: ${String(error)}`);
    });
    this.queue
      .process(CONCURRENCY, ({ data }) => this.answer(data.mailId))
      .catch((error: unknown) => {
        this.logger.error(`The queue is not answered: ${String(error)}`);
      });
  }

  private async answer(id: string): Promise<void> {
    // The sweeper rings again for what was not begun.
    if (this.shutdown.started) return;
    await this.sender.send(id).catch((error: unknown) => {
      this.logger.error(`The mail ${id} is left to the sweeper: ${String(error)}`);
    });
  }

  private async drain(): Promise<void> {
    this.queue.pause(true, true).catch((error: unknown) => {
      this.logger.debug(`The queue was not paused: ${String(error)}`);
    });
    await this.sender.rest();
  }
}
