import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { Visitor } from '../../platform/http/caller.js';
import { ANONYMOUS } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { LockoutService } from '../lockout/lockout.service.js';
import { PasswordsService } from './passwords.service.js';

/** What a password is checked against. */
interface Account {
  readonly id: string;
  readonly password_hash: string;
  readonly disabled_at: Date | null;
}

/** Says whether a password is right, slowly to whoever has been wrong before. */
@Injectable()
export class PasswordCheck {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly lockout: LockoutService,
    private readonly passwords: PasswordsService,
  ) {}

  /**
   * False also for a disabled account and for none, after the same work.
   * @throws login_locked after too many failures for this address from there.
   */
  async isRight(email: string, visitor: Visitor, account: Account | null, password: string): Promise<boolean> {
    const { ipAddress } = visitor;
    await this.lockout.check(email, ipAddress);
    const right = await this.verify(email, ipAddress, account, password);
    if (right) await this.lockout.succeeded(email, ipAddress);
    else await this.failed(email, visitor, account);
    return right;
  }

  private async verify(email: string, ipAddress: string, account: Account | null, password: string): Promise<boolean> {
    try {
      const right = await this.passwords.verify(account?.password_hash ?? null, password);
      return right && account?.disabled_at === null;
    } catch (error) {
      await this.lockout.abandoned(email, ipAddress);
      throw error;
    }
  }

  /** Writes down that a lock begins or grows, and not what it then refuses: that may be any number. */
  private async failed(email: string, origin: Visitor, account: Account | null): Promise<void> {
    const seconds = await this.lockout.failed(email, origin.ipAddress);
    if (seconds === 0) return;
    const subject = account ? `user:${account.id}` : this.audit.strangerOf(email);
    await this.audit.record(this.db, {
      action: 'user.login_locked',
      actor: ANONYMOUS,
      origin,
      subject,
      after: { seconds },
    });
  }
}
