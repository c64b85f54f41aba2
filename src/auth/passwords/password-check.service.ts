import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../platform/http/principal.js';
import { ANONYMOUS } from '../../audit/actor.js';
import { unknownAddressSubject } from '../unknown-address.js';
import { AuditService } from '../../audit/audit.service.js';
import { LockoutService } from '../lockout/lockout.service.js';
import { KeyRing } from '../tokens/key-ring.js';
import { PasswordsService } from './passwords.service.js';

/** What a password is checked against. */
interface Account {
  readonly id: string;
  readonly password_hash: string;
  readonly disabled_at: Date | null;
}

/** Checks passwords, and slows down clients whose passwords were wrong before. */
@Injectable()
export class PasswordCheck {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly lockout: LockoutService,
    private readonly passwords: PasswordsService,
    private readonly ring: KeyRing,
  ) {}

  /**
   * Returns whether the password is right; false also for a disabled account and for none, after the same work.
   * @param address as accounts are told apart by it: another spelling must not give more guesses
   * @throws login_locked after too many failures for this address from there.
   */
  async isRight(address: string, visitor: Client, account: Account | null, password: string): Promise<boolean> {
    const { ipAddress } = visitor;
    await this.lockout.check(address, ipAddress);
    const right = await this.verify(address, ipAddress, account, password);
    // Nothing waits for it but the next attempt, which Redis hears after it.
    if (right) void this.lockout.succeeded(address, ipAddress);
    else await this.failed(address, visitor, account);
    return right;
  }

  private async verify(
    address: string,
    ipAddress: string,
    account: Account | null,
    password: string,
  ): Promise<boolean> {
    try {
      const right = await this.passwords.verify(account?.password_hash ?? null, password);
      return right && account?.disabled_at === null;
    } catch (error) {
      await this.lockout.abandoned(address, ipAddress);
      throw error;
    }
  }

  /** Writes down that a lock begins or grows, and not what it then refuses: that may be any number. */
  private async failed(address: string, origin: Client, account: Account | null): Promise<void> {
    const seconds = await this.lockout.failed(address, origin.ipAddress);
    if (seconds === 0) return;
    const subject = account ? `user:${account.id}` : unknownAddressSubject(this.ring, address);
    await this.audit.record(this.db, {
      action: 'user.login_locked',
      actor: ANONYMOUS,
      origin,
      subject,
      after: { seconds },
    });
  }
}
