import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Environment } from '../../platform/config/environment.js';
import type { Caller } from '../../platform/http/principal.js';
import { refuseWhenFull } from '../../platform/http/refuse-when-full.js';
import { IdempotencyService, type Ticket } from '../../platform/http/idempotency/idempotency.service.js';
import { BatchDoorbell } from '../engine/doorbell.service.js';
import { type BatchOrder, BatchOrderService } from './batch-order.service.js';
import { CsvUploadSlots } from './csv-upload-slots.js';
import { DryRunService } from './dry-run.service.js';
import type { BatchesAccepted, DryRunResponse } from './ingest.dto.js';
import { insertBatches, insertChunks, insertFailures, insertUpload, type UploadRow } from './ingest.queries.js';
import { Intake, type TakenIn } from './intake.js';
import { type Summary, totalsOf } from './rows/summary.js';

export interface Taken {
  readonly answer: BatchesAccepted | DryRunResponse;
  readonly replayed: boolean;
}

/** From a CSV to batches that wait for a worker: in one transaction, whatever the size of the file. */
@Injectable()
export class IngestService {
  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
    private readonly idempotency: IdempotencyService,
    private readonly orders: BatchOrderService,
    private readonly dryRuns: DryRunService,
    private readonly doorbell: BatchDoorbell,
    private readonly slots: CsvUploadSlots,
  ) {}

  /** @param key the `Idempotency-Key` header. */
  async accept(caller: Caller, request: FastifyRequest, key: string | undefined): Promise<Taken> {
    const scope = { ownerId: caller.ownerId, route: 'POST /batches', key };
    const work = this.idempotency.once<Taken['answer'], Taken>(scope, async (ticket) => {
      const acquireSlot = () => this.slots.acquire(caller.ownerId);
      const intake = new Intake(this.environment, this.source, acquireSlot, ticket.fresh, key !== undefined);
      try {
        return await this.answer(caller, intake, await this.read(request, intake), ticket);
      } finally {
        await intake.close();
      }
    });
    return work.catch(refuseWhenFull);
  }

  private async read(request: FastifyRequest, intake: Intake): Promise<TakenIn & { order: BatchOrder }> {
    const taken = await intake.read(request, (form) => {
      this.orders.of(form, '');
    });
    return { ...taken, order: this.orders.of(taken.form, taken.filename) };
  }

  private async answer(
    caller: Caller,
    { copy }: Intake,
    { order, summary }: { order: BatchOrder; summary: Summary },
    ticket: Ticket<Taken['answer']>,
  ): Promise<Taken> {
    const fingerprint = fingerprintOf(order, summary);
    const replay = ticket.replay(fingerprint);
    if (replay) return { answer: replay, replayed: true };
    if (!copy) throw new Error('The rows of an upload were not kept');
    if (order.dryRun) {
      const answer = await copy.complete(false, (db) => this.dryRuns.of(db, caller, order, summary, copy.table));
      await ticket.settle(this.source.manager, fingerprint, answer);
      return { answer, replayed: false };
    }
    const answer = await copy.complete(true, async (db) => {
      const accepted = await insertParts(db, caller, order, summary);
      await ticket.settle(db, fingerprint, accepted);
      return accepted;
    });
    if (order.start) await this.doorbell.ring();
    return { answer, replayed: false };
  }
}

const fingerprintOf = (order: BatchOrder, { sha256 }: Summary): string =>
  createHash('sha256')
    .update(JSON.stringify([sha256, order]))
    .digest('hex');

/** All that an upload is besides its rows. */
async function insertParts(
  db: EntityManager,
  { ownerId }: Caller,
  order: BatchOrder,
  summary: Summary,
): Promise<BatchesAccepted> {
  const upload = uploadOf(ownerId, order, summary);
  await insertUpload(db, upload);
  const parts = await insertBatches(db, upload.id, summary.parts, order.start ? 'queued' : 'paused');
  await insertChunks(db, upload.id);
  await insertFailures(db, upload.id);
  return {
    parent_batch_id: upload.id,
    batch_name: upload.name,
    total_urls: upload.total_urls,
    invalid_urls: upload.invalid_urls,
    duplicate_urls: upload.duplicate_urls,
    batches: parts.map((part) => ({ ...part, total_split_batches: upload.total_split_batches })),
  };
}

function uploadOf(ownerId: string, order: BatchOrder, summary: Summary): UploadRow {
  const { rows, invalid } = totalsOf(summary);
  return {
    id: uuid(),
    owner_id: ownerId,
    name: order.name,
    analyzer: order.analyzer,
    features: order.features,
    options: order.options,
    columns: summary.columns,
    chunk_size: order.chunkSize,
    total_urls: rows,
    invalid_urls: invalid,
    duplicate_urls: summary.duplicates,
    total_split_batches: summary.parts.length,
  };
}
