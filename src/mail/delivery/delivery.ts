import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { writeEml } from './eml-folder.js';
import { composeMessage, type OutgoingMail } from './message.js';
import { sendBySmtp } from './smtp.js';

/** Hands a mail to the server of `SMTP_URL`, or without one to a folder. */
@Injectable()
export class Delivery {
  constructor(private readonly environment: Environment) {}

  /** @throws what hindered it; see `isPermanent`. */
  async deliver(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const { SMTP_URL, MAIL_FROM, mailDirectory } = this.environment;
    const message = await composeMessage(mail, MAIL_FROM);
    if (!SMTP_URL) return writeEml(mailDirectory, mail.id, message);
    await sendBySmtp(SMTP_URL, { from: MAIL_FROM, to: mail.recipient }, message, signal);
  }
}
