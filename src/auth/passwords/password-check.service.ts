import { Injectable } from '@nestjs/common';
import { LockoutService } from '../lockout/lockout.service.js';
import { PasswordsService } from './passwords.service.js';

/** What a password is checked against. */
interface Account {
  readonly password_hash: string;
  readonly disabled_at: Date | null;
}

/** Says whether a password is right, slowly to whoever has been wrong before. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly lockout: LockoutService,
    private readonly passwords: PasswordsService,
  ) {}

  /**
   * False also for a disabled account and for none, after the same work.
   * @throws login_locked after too many failures for this address from there.
   */
  async isRight(email: string, ipAddress: string, account: Account | null, password: string): Promise<boolean> {
    await this.lockout.check(email, ipAddress);
    const right = await this.verify(email, ipAddress, account, password);
    if (right) await this.lockout.succeeded(email, ipAddress);
    else await this.lockout.failed(email, ipAddress);
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
}
