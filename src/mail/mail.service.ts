import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bull';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { enqueue } from '../platform/queue/enqueue.js';
import { insertMail } from './mail.queries.js';

export const MAILS = 'mails';

export interface MailJob {
  readonly mailId: string;
}

export interface Mail {
  /** One bare address, such as `ada@example.org`: no name, no list. */
  readonly to: string;
  /** One line; what would break it becomes a space. */
  readonly subject: string;
  readonly text: string;
}

/** One address of printable characters, none of which has a meaning in a header or an envelope. */
const ADDRESS = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]{1,64}@[^\p{C}\p{Z}"(),:;<>@[\\\]]{1,255}$/u;

/** Characters of a subject at most; the rest is cut off. */
const SUBJECT_LENGTH = 200;

@Injectable()
export class MailService {
  private readonly logger = new Logger(MailService.name);

  constructor(@InjectQueue(MAILS) private readonly queue: Queue<MailJob>) {}

  /**
   * Puts a mail on its way in the caller's transaction: it is sent if and when that commits. Answers its id, with
   * which to ring after the commit.
   * @throws RangeError when `to` is not one bare address.
   */
  async send(db: EntityManager, { to, subject, text }: Mail): Promise<string> {
    if (!ADDRESS.test(to)) throw new RangeError('A mail goes to one bare address.');
    const line = subject.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, SUBJECT_LENGTH);
    const id = uuid();
    // PostgreSQL takes every character but this one.
    await insertMail(db, { id, to, subject: line, text: text.replaceAll('\0', '') });
    return id;
  }

  /** Has the mail sent soon. Never waits and never fails: the sweeper sees to what was not rung. */
  ring(id: string): void {
    enqueue(this.queue, { mailId: id }, id).catch((error: unknown) => {
      this.logger.warn(`Not rung, the sweeper will: ${String(error)}`);
    });
  }
}
