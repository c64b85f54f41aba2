import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Environment } from '../platform/config/environment.js';
import { Delivery } from './delivery/delivery.js';
import { MailQueueService } from './mail-queue.service.js';
import { MailProcessor } from './mail.processor.js';
import { MailSender } from './mail.sender.js';
import { MAILS, MailService } from './mail.service.js';
import { MailSweeper } from './mail.sweeper.js';

/** Mails wait in a table and are sent by workers, so that a broken mail server breaks nothing else. */
@Module({})
export class MailModule {
  static with({ servesApi, runsJobs }: Environment): DynamicModule {
    const api = servesApi ? [MailQueueService] : [];
    return {
      module: MailModule,
      imports: [BullModule.registerQueue({ name: MAILS })],
      providers: [MailService, ...api, ...(runsJobs ? [Delivery, MailProcessor, MailSender, MailSweeper] : [])],
      exports: [MailService, ...api],
    };
  }
}
