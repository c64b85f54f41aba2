import { Injectable, type StreamableFile } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { ExportsService } from '../../exports/exports.service.js';
import { type Caller, requestedOwner, visibleOwner } from '../../platform/http/principal.js';
import { batchNotFound } from '../batches.errors.js';
import { exportQuery } from './batch-export.js';
import { cursorBehind, rowBefore } from './cursor.js';
import type { BatchExportQuery } from './export.dto.js';
import { ItemResponse, type ItemsQuery, type ItemsResponse } from './items.dto.js';
import { columnsOfBatch, columnsOfUpload, itemsBehind } from './read.queries.js';

/** The rows of batches, a few at a time or all of them. */
@Injectable()
export class BatchRowsService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly exports: ExportsService,
  ) {}

  /** @throws batch_not_found */
  async items(caller: Caller, batchId: string, query: ItemsQuery): Promise<ItemsResponse> {
    const before = rowBefore(query.cursor);
    const names = await columnsOfBatch(this.db, visibleOwner(caller, query.owner_id), batchId);
    if (!names) throw batchNotFound();
    const rows = await itemsBehind(this.db, batchId, before, query, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => ItemResponse.from(row, names)),
      next_cursor: last && rows.length > shown.length ? cursorBehind(last.row_number) : null,
    };
  }

  /** @throws batch_not_found, too_many_exports */
  async export(caller: Caller, query: BatchExportQuery): Promise<StreamableFile> {
    const named = query.batch_id !== undefined || query.parent_batch_id !== undefined;
    const ownerId = (named ? visibleOwner : requestedOwner)(caller, query.owner_id);
    const names = await this.columnsOf(ownerId, query);
    return this.exports.open(caller, exportQuery(ownerId, query, names), query.format, 'batches');
  }

  private async columnsOf(
    ownerId: string | null,
    { batch_id, parent_batch_id }: BatchExportQuery,
  ): Promise<readonly string[] | null> {
    if (batch_id === undefined && parent_batch_id === undefined) return null;
    const names = await Promise.all([
      batch_id === undefined ? [] : columnsOfBatch(this.db, ownerId, batch_id),
      parent_batch_id === undefined ? [] : columnsOfUpload(this.db, ownerId, parent_batch_id),
    ]);
    if (names.includes(null)) throw batchNotFound();
    return batch_id === undefined ? names[1] : names[0];
  }
}
