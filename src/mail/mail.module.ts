import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Delivery } from './delivery/delivery.js';
import { MailKind, MAILS } from './mail.kind.js';
import { MailService } from './mail.service.js';

/** Mails wait in a table and are sent by workers, so that a broken mail server breaks nothing else. */
@Module({
  imports: [BullModule.registerQueue({ name: MAILS })],
  providers: [Delivery, MailKind, MailService],
  exports: [MailService],
})
export class MailModule {}
