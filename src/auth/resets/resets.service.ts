import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { isDatabaseAway } from '../../platform/database/database-errors.js';
import type { Client } from '../../platform/http/principal.js';
import { MailService } from '../../mail/mail.service.js';
import { resetTokenInvalid } from '../auth.errors.js';
import { ANONYMOUS } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { LockoutService } from '../lockout/lockout.service.js';
import { passwordChanged, resetPassword } from '../mail-texts.js';
import { refuseCommon } from '../passwords/password.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { endSessionsOf } from '../sessions/sessions.queries.js';
import { opaqueToken, sha256 } from '../tokens/opaque-token.js';
import { userByEmail } from '../users/users.queries.js';
import type { ResetPasswordRequest } from './resets.dto.js';
import { insertRequest, insertReset, isResetOpen, takeRequest, useReset } from './resets.queries.js';

/** Tokens that an account may have open: more mails would only be a nuisance to its owner. */
const OPEN_AT_MOST = 3;

/** Who has forgotten a password proves by a mail that the account is theirs. */
@Injectable()
export class ResetsService {
  private readonly logger = new Logger(ResetsService.name);
  private working: Promise<void> | null = null;

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly credentials: CredentialCache,
    private readonly lockout: LockoutService,
    private readonly mails: MailService,
    private readonly passwords: PasswordsService,
  ) {}

  /** Only notes the request; what depends on whether there is such an account happens after the answer. */
  async request(email: string): Promise<void> {
    await insertRequest(this.db, uuid(), email.replaceAll('\0', ''));
    setImmediate(() => void this.work());
  }

  /** Answers all requests that are noted, one transaction each; left ones are taken up by the next call anywhere. */
  async work(): Promise<void> {
    // Requests that were noted while others were being answered are seen by the same loop, or by this one after it.
    const before = this.working;
    const mine = (async () => {
      await before;
      while (await this.answerNext());
    })().catch((error: unknown) => {
      this.logger.warn(`Requests to reset a password wait: ${String(error)}`);
    });
    this.working = mine;
    await mine;
    if (this.working === mine) this.working = null;
  }

  /** @throws reset_token_invalid for a token that is unknown, used or too old. */
  async reset({ token, password }: ResetPasswordRequest, origin: Client): Promise<void> {
    await refuseCommon(password, 'password');
    const hash = sha256(token);
    // Hashing is dear: not for a token that is none.
    if (!(await isResetOpen(this.db, hash))) throw resetTokenInvalid();
    const passwordHash = await this.passwords.hash(password);
    const { user, mail } = await this.db.transaction(async (db) => {
      const changed = await useReset(db, hash, passwordHash);
      if (!changed) throw resetTokenInvalid();
      await endSessionsOf(db, changed.id);
      const subject = `user:${changed.id}`;
      await this.audit.record(db, { action: 'user.password_reset', actor: ANONYMOUS, origin, subject });
      return { user: changed, mail: await this.mails.send(db, passwordChanged(changed)) };
    });
    await this.credentials.invalidate(user.id);
    // Who forgot the password may have guessed at it until it was locked.
    await this.lockout.forgive(user.address, origin.ipAddress);
    this.mails.ring(mail);
  }

  /** False when there was none. */
  private async answerNext(): Promise<boolean> {
    const mail = await this.db.transaction(async (db) => {
      const request = await takeRequest(db);
      return request && this.answerOrDrop(db, request.email);
    });
    if (mail) this.mails.ring(mail);
    return mail !== null;
  }

  /** Only while PostgreSQL is away a request waits: one that cannot be answered would be the next one for ever. */
  private async answerOrDrop(db: EntityManager, email: string): Promise<string | undefined> {
    try {
      return await db.transaction((inner) => this.answer(inner, email));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      this.logger.error({ message: 'A request to reset a password is dropped', err: error });
      return undefined;
    }
  }

  /** The mail, if there is one to send. */
  private async answer(db: EntityManager, email: string): Promise<string | undefined> {
    const user = await userByEmail(db, email);
    if (!user || user.disabled_at) return undefined;
    const token = opaqueToken();
    if (!(await insertReset(db, user.id, sha256(token), OPEN_AT_MOST))) return undefined;
    return this.mails.send(db, resetPassword(user, token));
  }
}
