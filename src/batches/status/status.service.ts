import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { batchNotFound } from '../batches.errors.js';
import { BatchStatusResponse, UploadStatusResponse } from './status.dto.js';
import { batchRow, uploadRow } from './status.queries.js';

/** How far batches are, whoever's where no owner is named. Costs the same for a thousand rows and for ten million. */
@Injectable()
export class BatchStatusService {
  constructor(@InjectEntityManager() private readonly db: EntityManager) {}

  /** @throws batch_not_found also for somebody else's. */
  async ofBatch(ownerId: string | null, id: string): Promise<BatchStatusResponse> {
    const row = await batchRow(this.db, ownerId, id);
    if (!row) throw batchNotFound();
    return BatchStatusResponse.from(row);
  }

  /** @throws batch_not_found also for somebody else's. */
  async ofUpload(ownerId: string | null, id: string): Promise<UploadStatusResponse> {
    const row = await uploadRow(this.db, ownerId, id);
    if (!row) throw batchNotFound();
    return UploadStatusResponse.from(row);
  }
}
