import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../platform/http/principal.js';
import { type Page, pageOf } from '../../platform/http/paging.js';
import { lastAdministrator, userNotFound } from '../auth.errors.js';
import { actorOf } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { CredentialCache } from '../guard/credential-cache.service.js';
import { endSessionsOf } from '../sessions/sessions.queries.js';
import type { ChangeUserRequest, UsersQuery } from './admin.dto.js';
import * as queries from './admin.queries.js';

/** What may be changed of a user. */
type Standing = Pick<queries.ListedUser, 'role' | 'disabled'>;

/** What administrators see of other people's accounts, and do to them. */
@Injectable()
export class AdministrationService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly credentials: CredentialCache,
  ) {}

  async users({ q, role, disabled, ...paging }: UsersQuery): Promise<Page<queries.ListedUser>> {
    const filter = { q: q === '' ? undefined : q?.toWellFormed().replaceAll('\0', ''), role, disabled };
    const { page, per_page } = paging;
    const [items, total] = await Promise.all([
      queries.listUsers(this.db, filter, (page - 1) * per_page, per_page),
      queries.countUsers(this.db, filter),
    ]);
    return pageOf(paging, items, total);
  }

  /**
   * Changes a user. A disabled or demoted user is signed out before it resolves.
   * @throws user_not_found; last_administrator when no active administrator would be left.
   */
  async change(caller: Caller, id: string, { role, disabled }: ChangeUserRequest): Promise<queries.ListedUser> {
    const user = await this.db.transaction(async (db) => {
      const administrators = await queries.lockAdministrators(db);
      const before = await queries.lockUser(db, id);
      if (!before) throw userNotFound();
      const after = { ...before, role: role ?? before.role, disabled: disabled ?? before.disabled };
      const others = administrators.filter((other) => other !== id);
      if (isAdministrator(before) && !isAdministrator(after) && others.length === 0) throw lastAdministrator();
      await this.changeRole(db, caller, before, after);
      await this.changeDisabled(db, caller, before, after);
      if (after.disabled || (isAdministrator(before) && !isAdministrator(after))) await endSessionsOf(db, id);
      return after;
    });
    await this.credentials.invalidate(id);
    return user;
  }

  private async changeRole(db: EntityManager, caller: Caller, before: queries.ListedUser, { role }: Standing) {
    if (role === before.role) return;
    await queries.setRole(db, before.id, role);
    await this.audit.record(db, {
      ...entryOf(caller, before.id),
      action: 'user.role_changed',
      before: { role: before.role },
      after: { role },
    });
  }

  private async changeDisabled(db: EntityManager, caller: Caller, before: queries.ListedUser, { disabled }: Standing) {
    if (disabled === before.disabled) return;
    await queries.setDisabled(db, before.id, disabled);
    await this.audit.record(db, {
      ...entryOf(caller, before.id),
      action: disabled ? 'user.disabled' : 'user.enabled',
      before: { disabled: before.disabled },
      after: { disabled },
    });
  }
}

const isAdministrator = ({ role, disabled }: Standing): boolean => role === 'admin' && !disabled;

const entryOf = (caller: Caller, id: string) => ({ actor: actorOf(caller), origin: caller, subject: `user:${id}` });
