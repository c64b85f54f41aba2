import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { DiskFailure } from '../platform/disk/disk-failure.js';
import { Delivery } from './delivery/delivery.js';
import { isPermanent } from './delivery/smtp.js';
import { type ClaimedMail, claimMail, giveUp, markSent, MAX_ATTEMPTS, putBack, putOff } from './mail.queries.js';

/** Seconds for which a mail belongs to the worker that sends it; twice as long as sending may take. */
const LEASE = 60;

/** Seconds that sending may take at most, whatever the mail server does. */
const DEADLINE = 30;

/** Seconds that mails under way have at a shutdown; then they wait for another worker. */
const GRACE = 3;

/** Seconds until a mail that is written as a file is tried again while the disk is full. */
const FULL_DISK_DELAY_SECONDS = 10;

/** Characters of a mail server's complaint that are kept. */
const COMPLAINT = 300;

/** Sends one mail: claim, deliver, and put away what came of it. */
@Injectable()
export class MailSender {
  private readonly logger = new Logger(MailSender.name);
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly delivery: Delivery,
  ) {}

  async send(id: string): Promise<void> {
    const mail = await claimMail(this.db, id, LEASE);
    if (!mail) return;
    const work = this.attempt(mail);
    this.running.add(work);
    await work.finally(() => this.running.delete(work));
  }

  /** Lets what is under way end, or ends it. */
  async rest(): Promise<void> {
    const all = () => Promise.allSettled(this.running);
    await Promise.race([all(), delay(GRACE * 1000, undefined, { ref: false })]);
    this.stopping.abort();
    await all();
  }

  private async attempt(mail: ClaimedMail): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(DEADLINE * 1000)]);
    try {
      await this.delivery.deliver(mail, signal);
    } catch (error) {
      await this.failed(mail, error);
      return;
    }
    await markSent(this.db, mail);
    this.logger.log(`The mail ${mail.id} was sent`);
  }

  private async failed(mail: ClaimedMail, thrown: unknown): Promise<void> {
    const complaint = String(thrown)
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, COMPLAINT);
    if (thrown instanceof DiskFailure) {
      this.logger.warn(`The mail ${mail.id} waits until it can be written: ${complaint}`);
      await putBack(this.db, mail, FULL_DISK_DELAY_SECONDS, complaint);
      return;
    }
    if (isPermanent(thrown) || mail.attempt >= MAX_ATTEMPTS) {
      this.logger.error(`The mail ${mail.id} cannot be sent: ${complaint}`);
      await giveUp(this.db, mail, complaint);
      return;
    }
    this.logger.warn(`The mail ${mail.id} was not sent and will be tried again: ${complaint}`);
    await putOff(this.db, mail, this.stopping.signal.aborted ? 0 : retryDelay(mail.attempt), complaint);
  }
}

/** Seconds to wait after the attempt with this number: 10, 40, 160 … one hour at most. */
export const retryDelay = (attempt: number): number => Math.min(10 * 4 ** (attempt - 1), 3600);
