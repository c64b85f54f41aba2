import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module.js';
import { PASSWORD_RESETS, ResetRequestKind } from './reset-request.kind.js';

/** Answers requests to reset a password, in workers: the part of accounts that serves no HTTP. */
@Module({
  imports: [BullModule.registerQueue({ name: PASSWORD_RESETS }), MailModule],
  providers: [ResetRequestKind],
})
export class ResetRequestsModule {}
