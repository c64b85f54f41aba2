import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Visitor } from '../../platform/http/caller.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { MailService } from '../../mail/mail.service.js';
import { resetTokenInvalid } from '../auth.errors.js';
import { ANONYMOUS } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { LockoutService } from '../lockout/lockout.service.js';
import { passwordChanged } from '../mails.js';
import { refuseCommon } from '../passwords/password.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { endSessionsOf } from '../sessions/sessions.queries.js';
import { sha256 } from '../tokens/opaque-token.js';
import type { ResetPasswordRequest } from './resets.dto.js';
import { PASSWORD_RESETS } from './reset-request.kind.js';
import { insertRequest, isResetOpen, useReset } from './resets.queries.js';

/** Who has forgotten a password proves by a mail that the account is theirs. */
@Injectable()
export class ResetsService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly jobs: JobsService,
    private readonly credentials: CredentialCache,
    private readonly lockout: LockoutService,
    private readonly mails: MailService,
    private readonly passwords: PasswordsService,
  ) {}

  /** Only notes the request; what depends on whether there is such an account happens after the answer. */
  async request(email: string): Promise<void> {
    const id = uuid();
    await this.db.transaction(async (db) => {
      await insertRequest(db, id, email.replaceAll('\0', ''));
      await this.jobs.admit(db, PASSWORD_RESETS, [{ id, owner_id: null }]);
    });
    void this.jobs.enqueue(PASSWORD_RESETS, [{ id, job_id: id }]);
  }

  /** @throws reset_token_invalid for a token that is unknown, used or too old. */
  async reset({ token, password }: ResetPasswordRequest, origin: Visitor): Promise<void> {
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
    this.mails.enqueue(mail);
  }
}
