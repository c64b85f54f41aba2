import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { type Claim, type ClaimedJob, type Ending, type JobKind, NEVER, RegisterJobKind } from '../../jobs/job.kind.js';
import { isTransient } from '../../platform/database/database-errors.js';
import { MailService } from '../../mail/mail.service.js';
import { resetPassword } from '../mails.js';
import { opaqueToken, sha256 } from '../tokens/opaque-token.js';
import { userByEmail, type UserRow } from '../users/users.queries.js';
import { insertReset } from './resets.queries.js';

export const PASSWORD_RESETS = 'password-resets';

/** Tokens that an account may have open: more mails would only be a nuisance to its owner. */
const MAX_OPEN_TOKENS = 3;

/** Seconds that one answer may take. */
const TIMEOUT_SECONDS = 30;

interface ResetRequest {
  readonly email: string;
}

/** Answering one request to reset a password: by a mail, if the address is that of an account, and else by nothing. */
@Injectable()
@RegisterJobKind()
export class ResetRequestKind implements JobKind<ResetRequest, UserRow | null> {
  readonly name = PASSWORD_RESETS;
  readonly table = 'password_reset_requests';
  readonly columns = 'email';
  readonly lane = 'network';
  readonly concurrency = 1;
  readonly clears = ['email'];
  readonly keepDays = 1;
  readonly maxCrashes = 3;
  readonly poison = { code: 'reset_not_answered', message: 'The request could not be answered.' };
  readonly retry = NEVER;
  private readonly logger = new Logger(ResetRequestKind.name);
  /** Mails of requests whose transaction is about to commit, by request. */
  private readonly mails = new Map<string, string>();

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly mailService: MailService,
  ) {}

  timeoutSeconds(): number {
    return TIMEOUT_SECONDS;
  }

  /** Returns the account of the address, if it has one that may sign in. */
  async run({ email }: Claim<ResetRequest>): Promise<UserRow | null> {
    const user = await userByEmail(this.db, email);
    return user && !user.disabled_at ? user : null;
  }

  /** Makes the token and the mail in the transaction of the end: no request is answered twice. */
  async store(db: EntityManager, { id }: Claim<ResetRequest>, user: UserRow | null): Promise<void> {
    if (!user) return;
    try {
      // Within a savepoint: what is dropped leaves the end of the job as it is.
      await db.transaction((inner) => this.answer(inner, id, user));
    } catch (error) {
      if (isTransient(error)) throw error;
      this.logger.error({ message: 'A request to reset a password is dropped', err: error });
    }
  }

  cleanUp({ id }: Pick<ClaimedJob, 'id'>, ending: Ending): Promise<void> {
    const mail = this.mails.get(id);
    this.mails.delete(id);
    if (mail !== undefined && ending === 'completed') this.mailService.enqueue(mail);
    return Promise.resolve();
  }

  private async answer(db: EntityManager, id: string, user: UserRow): Promise<void> {
    const token = opaqueToken();
    if (!(await insertReset(db, user.id, sha256(token), MAX_OPEN_TOKENS))) return;
    this.mails.set(id, await this.mailService.send(db, resetPassword(user, token)));
  }
}
