import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { Caller } from '../platform/http/caller.js';
import { FilesService } from '../files/files.service.js';
import { AnalysisResponse } from './analysis.dto.js';
import { analysisNotCancellable, analysisNotRetryable, queueFull } from './analysis.errors.js';
import { subjectOf } from './analysis.files.js';
import { ANALYSES } from './analysis.kind.js';
import * as queries from './analysis.queries.js';
import { AnalysisRowsService, ownView } from './analysis.rows.service.js';

/** Seconds after which a caller may find the queue shorter. */
const QUEUE_RETRY_AFTER = 10;

/** What an owner can do with an analysis that is there. */
@Injectable()
export class AnalysisService {
  constructor(
    private readonly environment: Environment,
    private readonly rows: AnalysisRowsService,
    private readonly jobs: JobsService,
    private readonly files: FilesService,
  ) {}

  async cancel(caller: Caller, id: string): Promise<AnalysisResponse> {
    const before = await this.rows.one(ownView(caller), id);
    const cancelled = await this.jobs.cancel(ANALYSES, before);
    const row = await this.rows.one(ownView(caller), id);
    if (!cancelled && row.status !== 'cancelled') throw analysisNotCancellable(row.status);
    return AnalysisResponse.from(row);
  }

  async retry(caller: Caller, id: string): Promise<AnalysisResponse> {
    const { status } = await this.rows.one(ownView(caller), id);
    // Before there is room for it: what cannot be tried again need not hear that the queue is full.
    if (status !== 'failed' && status !== 'cancelled') throw analysisNotRetryable(status);
    const queued = await this.jobs.restart(ANALYSES, id, (db) => this.makeRoom(db, caller.ownerId));
    const row = await this.rows.one(ownView(caller), id);
    if (!queued) throw analysisNotRetryable(row.status);
    return AnalysisResponse.from(row);
  }

  /** Takes the row first, so that no reader finds an analysis without its files. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.rows.one(ownView(caller), id);
    if (!(await this.jobs.remove(ANALYSES, id))) return;
    await this.files.removeLeftoversOf(subjectOf(id));
  }

  /** @throws queue_full when the owner's lane holds no place; keeps the lane locked until the transaction ends. */
  async makeRoom(db: EntityManager, ownerId: string): Promise<void> {
    await queries.lockLane(db, ownerId);
    await this.refuseWhenFull(db, ownerId);
  }

  async refuseWhenFull(db: EntityManager, ownerId: string): Promise<void> {
    const { QUEUE_SIZE } = this.environment;
    if ((await queries.countQueued(db, ownerId)) >= QUEUE_SIZE) throw queueFull(QUEUE_SIZE, QUEUE_RETRY_AFTER);
  }
}
