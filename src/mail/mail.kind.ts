import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { DiskFailure } from '../platform/disk/disk-failure.js';
import { JobFailure } from '../jobs/job-errors.js';
import { type Claim, exponentialRetry, type JobContext, type JobKind, RegisterJobKind } from '../jobs/job.kind.js';
import { Delivery } from './delivery/delivery.js';
import type { OutgoingMail } from './delivery/message.js';
import { isPermanent } from './delivery/smtp.js';

export const MAILS = 'mails';

/** With the delays between them a mail is given up after about three hours. */
const MAX_ATTEMPTS = 8;

/** Seconds that sending may take at most, whatever the mail server does. */
const SENDING_SECONDS = 30;

/** Characters of a mail server's complaint that are kept. */
const MAX_COMPLAINT_CHARACTERS = 300;

type MailWork = Omit<OutgoingMail, 'id'>;

/** Sending one mail. */
@Injectable()
@RegisterJobKind()
export class MailKind implements JobKind<MailWork, void> {
  readonly name = MAILS;
  readonly table = 'mails';
  readonly columns = 'recipient, subject, body, created_at';
  readonly lane = 'network';
  readonly concurrency = 2;
  /** The body may hold a token that opens an account. */
  readonly clears = ['body'];
  readonly keepDays = 30;
  readonly countsFailed = true;
  readonly maxCrashes = MAX_ATTEMPTS;
  readonly poison = { code: 'worker_lost', message: 'The worker was lost' };
  readonly retry = exponentialRetry(10, 4, 3600, MAX_ATTEMPTS);

  /** Mails that no server takes are written as files. */
  readonly needsDisk: boolean;

  constructor(
    environment: Environment,
    private readonly delivery: Delivery,
  ) {
    this.needsDisk = !environment.SMTP_URL;
  }

  timeoutSeconds(): number {
    return SENDING_SECONDS;
  }

  async run(mail: Claim<MailWork>, { signal, warn }: JobContext): Promise<void> {
    try {
      await this.delivery.deliver(mail, signal);
    } catch (error) {
      const complaint = String(error)
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, MAX_COMPLAINT_CHARACTERS);
      if (error instanceof DiskFailure) {
        warn(`The mail waits until it can be written: ${complaint}`);
        throw error;
      }
      warn(`The mail was not sent: ${complaint}`);
      throw new JobFailure('mail_not_sent', complaint, isPermanent(error));
    }
  }
}
