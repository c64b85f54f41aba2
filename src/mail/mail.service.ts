import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { JobsService } from '../jobs/jobs.service.js';
import { MAILS } from './mail.kind.js';

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
  constructor(private readonly jobs: JobsService) {}

  /**
   * Queues a mail in the caller's transaction: it is sent if and when that commits. Returns its id, to enqueue it after the
   * commit.
   * @throws RangeError when `to` is not one bare address.
   */
  async send(db: EntityManager, { to, subject, text }: Mail): Promise<string> {
    if (!ADDRESS.test(to)) throw new RangeError('A mail goes to one bare address.');
    const line = subject.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, SUBJECT_LENGTH);
    const id = uuid();
    // PostgreSQL takes every character but this one.
    const body = text.replaceAll('\0', '');
    await db.query(
      'INSERT INTO mails (id, job_id, recipient, subject, body) VALUES ($1::uuid, $1::uuid::text, $2, $3, $4)',
      [id, to, line, body],
    );
    await this.jobs.admit(db, MAILS, [{ id, owner_id: null }]);
    return id;
  }

  /** Has the mail sent soon. Never waits and never fails. */
  enqueue(id: string): void {
    void this.jobs.enqueue(MAILS, [{ id, job_id: id }]);
  }
}
