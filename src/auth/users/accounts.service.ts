import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { MailService } from '../../mail/mail.service.js';
import { poolOf } from '../../platform/database/pool.js';
import { unauthenticated, validationFailed } from '../../platform/errors.js';
import type { Caller, Visitor } from '../../platform/http/caller.js';
import { IdempotencyService } from '../../platform/http/idempotency.service.js';
import { invalidCredentials, usernameTaken } from '../auth.errors.js';
import { actorOf, ANONYMOUS } from '../../audit/actor.js';
import { strangerOf } from '../stranger.js';
import { AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { alreadyRegistered, passwordChanged, welcome } from '../mails.js';
import { refuseCommon } from '../passwords/password.js';
import { PasswordCheck } from '../passwords/password-check.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import type { LoginRequest, TokenPair } from '../sessions/sessions.dto.js';
import { endSessionsOf } from '../sessions/sessions.queries.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { KeyRing } from '../tokens/key-ring.js';
import { AccountResponse, type ChangePasswordRequest, type RegisterRequest } from './users.dto.js';
import {
  insertUser,
  isUsernameTaken,
  lookUp,
  type NewUser,
  replacePassword,
  userById,
  type UserRow,
} from './users.queries.js';

export interface Registered {
  readonly answer: AccountResponse;
  readonly replayed: boolean;
}

/** What a person does with an account. */
@Injectable()
export class AccountsService {
  private readonly pool: Pool;

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly check: PasswordCheck,
    private readonly credentials: CredentialCache,
    private readonly idempotency: IdempotencyService,
    private readonly mails: MailService,
    private readonly passwords: PasswordsService,
    private readonly ring: KeyRing,
    private readonly sessions: SessionsService,
  ) {
    this.pool = poolOf(db.dataSource);
  }

  /**
   * A user name is shown to others, so that it is taken may be told. Whether an e-mail address has an account may not: the
   * answer is the same, and nothing is made.
   */
  async register(request: RegisterRequest, visitor: Visitor, key: string | undefined): Promise<Registered> {
    const { username, email, password } = request;
    await refuseCommon(password, 'password');
    // Keyed, so that nobody who reads the table can try passwords on it.
    const fingerprint = this.ring.current.derive('idempotency', JSON.stringify([username, email, password]));
    const party = createHash('sha256').update(email.toLowerCase()).digest('hex');
    const scope = { ownerId: null, route: 'POST /auth/register', party, key };
    return this.idempotency.once<AccountResponse, Registered>(scope, async (ticket) => {
      const replay = ticket.replay(fingerprint);
      if (replay) return { answer: replay, replayed: true };
      const password_hash = await this.passwords.hash(password);
      const user = { id: uuid(), username, email, password_hash, role: 'user' } as const;
      const settle = (db: EntityManager, answer: AccountResponse) => ticket.settle(db, fingerprint, answer);
      return { answer: await this.make(user, visitor, settle), replayed: false };
    });
  }

  /** Does as much for an address that has an account already: one mail, one answer. */
  private async make(
    user: NewUser,
    origin: Visitor,
    settle: (db: EntityManager, answer: AccountResponse) => Promise<void>,
  ): Promise<AccountResponse> {
    const answer = AccountResponse.from(user);
    const mail = await this.db.transaction(async (db) => {
      const made = await insertUser(db, user);
      const nameTaken = await isUsernameTaken(db, user.username, user.id);
      if (nameTaken) throw usernameTaken();
      await settle(db, answer);
      const action = made ? 'user.registered' : 'user.registered_again';
      const subject = made ? `user:${user.id}` : strangerOf(this.ring, user.email);
      await this.audit.record(db, { action, actor: ANONYMOUS, origin, subject });
      return this.mails.send(db, made ? welcome(user) : alreadyRegistered(user));
    });
    this.mails.enqueue(mail);
    return answer;
  }

  /** @throws invalid_credentials and whatever else `prove` throws. */
  async logIn(request: LoginRequest, visitor: Visitor): Promise<TokenPair> {
    return this.sessions.open(await this.prove(request, visitor), visitor);
  }

  /**
   * Whose password it is.
   * @throws invalid_credentials after the same work, whether there is no such account, it is disabled, or the password is
   * wrong; login_locked; sign_in_busy.
   */
  async prove({ email, password }: LoginRequest, visitor: Visitor): Promise<UserRow> {
    const { user, address } = await lookUp(this.pool, email);
    if ((await this.check.isRight(address, visitor, user, password)) && user) return this.atPresentCost(user, password);
    const subject = user ? `user:${user.id}` : strangerOf(this.ring, address);
    await this.audit.record(this.db, { action: 'user.login_failed', actor: ANONYMOUS, origin: visitor, subject });
    throw invalidCredentials();
  }

  async logOut(caller: Caller): Promise<void> {
    const { sessionId, ownerId } = caller;
    if (sessionId === null) return;
    await this.sessions.end(sessionId, ownerId, {
      action: 'user.logged_out',
      actor: actorOf(caller),
      origin: caller,
      subject: `user:${ownerId}`,
    });
  }

  async me({ ownerId }: Caller): Promise<AccountResponse> {
    return AccountResponse.from(await this.account(ownerId));
  }

  /** Ends every session, this one too: whoever knew the old password is out. */
  async changePassword(caller: Caller, request: ChangePasswordRequest): Promise<void> {
    const { ownerId } = caller;
    // Before the current one is checked, which is dear, and counts as a guess where it is wrong.
    await refuseCommon(request.new_password, 'new_password');
    const user = await this.account(ownerId);
    const right = await this.check.isRight(user.address, caller, user, request.current_password);
    if (!right) throw wrongPassword();
    const hash = await this.passwords.hash(request.new_password);
    const mail = await this.db.transaction(async (db) => {
      // Of two who change it at once, the second did not know the current one.
      if (!(await replacePassword(db, user, hash))) throw wrongPassword();
      await endSessionsOf(db, ownerId);
      await this.audit.record(db, {
        action: 'user.password_changed',
        actor: actorOf(caller),
        origin: caller,
        subject: `user:${ownerId}`,
      });
      return this.mails.send(db, passwordChanged(user));
    });
    await this.credentials.invalidate(ownerId);
    this.mails.enqueue(mail);
  }

  private async account(id: string): Promise<UserRow> {
    const user = await userById(this.db, id);
    if (!user) throw unauthenticated();
    return user;
  }

  /** Hashes the password anew if its hash was made when hashes were cheaper. */
  private async atPresentCost(user: UserRow, password: string): Promise<UserRow> {
    if (!this.passwords.isOutdated(user.password_hash)) return user;
    const password_hash = await this.passwords.hash(password);
    if (await replacePassword(this.db, user, password_hash)) return { ...user, password_hash };
    // Another log-in was quicker, or the password was changed.
    const now = await this.account(user.id);
    if (!(await this.passwords.verify(now.password_hash, password))) throw invalidCredentials();
    return now;
  }
}

const wrongPassword = () => validationFailed([{ field: 'current_password', message: 'is not the current password' }]);
