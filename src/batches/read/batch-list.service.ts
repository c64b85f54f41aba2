import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import { type Caller, requestedOwner, visibleOwner } from '../../platform/http/principal.js';
import { type Page, pageOf } from '../../platform/http/paging.js';
import { batchNotFound } from '../batches.errors.js';
import { BatchStatusResponse } from '../status/status.dto.js';
import type { BatchesQuery, RelatedBatches } from './batch-list.dto.js';
import { filterOf, listBatches, relatedBatches } from './batch-list.queries.js';

@Injectable()
export class BatchListService {
  private readonly pool: Pool;

  constructor(@InjectDataSource() private readonly source: DataSource) {
    this.pool = poolOf(source);
  }

  /** Batches and total of one moment: pages add up even while batches come and go. */
  async page(caller: Caller, query: BatchesQuery): Promise<Page<BatchStatusResponse>> {
    const filter = filterOf(requestedOwner(caller, query.owner_id), query);
    const { rows, total } = await listBatches(this.pool, filter, (query.page - 1) * query.per_page, query.per_page);
    return pageOf(
      query,
      rows.map((row) => BatchStatusResponse.from(row)),
      total,
    );
  }

  /** @throws batch_not_found */
  async related(caller: Caller, owner: string | undefined, batchId: string): Promise<RelatedBatches> {
    const rows = await relatedBatches(this.source.manager, visibleOwner(caller, owner), batchId);
    if (rows.length === 0) throw batchNotFound();
    return { items: rows.map((row) => BatchStatusResponse.from(row)) };
  }
}
