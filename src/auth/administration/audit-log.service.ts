import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { type Page, pageOf } from '../../platform/http/paging.js';
import { endOf, timeOf } from '../../platform/http/time.js';
import type { AuditLogQuery } from './audit-log.dto.js';
import { type AuditRow, countAudit, listAudit } from '../../audit/audit.queries.js';

/** The audit log as it is read. */
@Injectable()
export class AuditLogService {
  constructor(@InjectEntityManager() private readonly db: EntityManager) {}

  async page({ actor_id, action, subject, from, to, ...paging }: AuditLogQuery): Promise<Page<AuditRow>> {
    const filter = {
      actor_id,
      action,
      subject: subject?.toWellFormed().replaceAll('\0', ''),
      from: from === undefined ? undefined : timeOf(from),
      before: to === undefined ? undefined : endOf(to),
    };
    const { page, per_page } = paging;
    const [items, total] = await Promise.all([
      listAudit(this.db, filter, (page - 1) * per_page, per_page),
      countAudit(this.db, filter),
    ]);
    return pageOf(paging, items, total);
  }
}
