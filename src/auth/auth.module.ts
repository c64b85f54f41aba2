import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Environment } from '../platform/config/environment.js';
import { IdempotencyService } from '../platform/http/idempotency.service.js';
import { LimitsGuard } from '../platform/limits/limits.guard.js';
import { AdminController } from './admin/admin.controller.js';
import { AdministrationService } from './admin/administration.service.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AuditLogService } from './admin/audit-log.service.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthController } from './auth.controller.js';
import { FirstAdministrator } from './bootstrap/first-administrator.js';
import { AccessGuard } from './guard/access.guard.js';
import { CredentialCache } from './guard/credential-cache.service.js';
import { PrincipalsService } from './guard/principals.service.js';
import { PrincipalGuard } from './guard/principal.guard.js';
import { Requirements } from './guard/requirements.js';
import { LockoutService } from './lockout/lockout.service.js';
import { FormsService } from './pages/forms.service.js';
import { PageSessionsService } from './pages/page-sessions.service.js';
import { PasswordCheck } from './passwords/password-check.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { MailModule } from '../mail/mail.module.js';
import { AuthSweeper } from './auth.sweeper.js';
import { ResetsService } from './resets/resets.service.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { KeyRing } from './tokens/key-ring.js';
import { loadKeyRing } from './tokens/secret-key.js';
import { AccountsService } from './users/accounts.service.js';

/** Accounts, what they sign in with, and the guards before every route. */
@Module({
  imports: [MailModule, AuditModule],
  controllers: [AuthController, ApiKeysController, AdminController],
  providers: [
    { provide: KeyRing, inject: [Environment], useFactory: loadKeyRing },
    // In this order: who asks, how often they do, and whether they may. Who is refused has been counted.
    { provide: APP_GUARD, useClass: PrincipalGuard },
    { provide: APP_GUARD, useClass: LimitsGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    AccessTokens,
    AccountsService,
    AdministrationService,
    ApiKeysService,
    AuditLogService,
    AuthSweeper,
    FirstAdministrator,
    FormsService,
    CredentialCache,
    IdempotencyService,
    PrincipalsService,
    LockoutService,
    PageSessionsService,
    PasswordCheck,
    PasswordsService,
    Requirements,
    ResetsService,
    SessionsService,
  ],
  exports: [FormsService, PageSessionsService],
})
export class AuthModule {}
