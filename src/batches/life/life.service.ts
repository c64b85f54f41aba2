import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { EventsService } from '../../platform/events/events.service.js';
import type { Caller } from '../../platform/http/principal.js';
import type { BatchStatus, ErrorClass } from '../batches.entity.js';
import { batchConflict, batchNotFound } from '../batches.errors.js';
import { BATCH_EVENTS } from '../batches.events.js';
import { BatchDoorbell } from '../engine/doorbell.service.js';
import {
  cancelBatches,
  lockBatches,
  type LockedBatch,
  pauseBatches,
  resumeBatches,
  type Target,
} from './life.queries.js';
import { forgetFailures, removeBatches, removeEmptyUpload } from './removal.queries.js';
import { reopenable, reopenFailed } from './retry.queries.js';

interface Change {
  /** As in: a batch that is completed cannot be … */
  readonly wish: string;
  readonly from: readonly BatchStatus[];
  /** There already: nothing to do, and no fault. */
  readonly there: readonly BatchStatus[];
  readonly apply: (db: EntityManager, ids: readonly string[]) => Promise<void>;
}

const CHANGES = {
  pause: { wish: 'paused', from: ['queued', 'processing'], there: ['paused'], apply: pauseBatches },
  resume: { wish: 'resumed', from: ['paused'], there: ['queued', 'processing'], apply: resumeBatches },
  cancel: { wish: 'cancelled', from: ['queued', 'processing', 'paused'], there: ['cancelled'], apply: cancelBatches },
} as const satisfies Record<string, Change>;

/** What an owner may do to a batch or to all parts of an upload. The rows say so first, workers hear of it after. */
@Injectable()
export class BatchLifeService {
  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly doorbell: BatchDoorbell,
    private readonly events: EventsService,
  ) {}

  async pause(caller: Caller, target: Target): Promise<void> {
    await this.change(caller, target, CHANGES.pause);
    this.events.publish({ type: BATCH_EVENTS.paused, id: target.id });
  }

  async resume(caller: Caller, target: Target): Promise<void> {
    await this.change(caller, target, CHANGES.resume);
    this.events.publish({ type: BATCH_EVENTS.resumed, id: target.id });
    await this.doorbell.ring();
  }

  async cancel(caller: Caller, target: Target): Promise<void> {
    await this.change(caller, target, CHANGES.cancel);
    this.events.publish({ type: BATCH_EVENTS.cancelled, id: target.id });
  }

  /** Part by part, each in a transaction of its own: an upload may have millions of failed rows. */
  async retry(caller: Caller, target: Target, classes: readonly ErrorClass[] | null): Promise<{ retried: number }> {
    const parts = (await this.lock(this.db, caller, target)).filter(({ status }) => status !== 'cancelled');
    if (parts.length === 0) throw batchConflict('cancelled', 'retried');
    let retried = 0;
    for (const id of await reopenable(
      this.db,
      parts.map((part) => part.id),
      classes,
    )) {
      retried += await this.reopen(caller, id, classes);
    }
    this.events.publish({ type: BATCH_EVENTS.retried, id: target.id });
    if (retried > 0) await this.doorbell.ring();
    return { retried };
  }

  async remove(caller: Caller, target: Target): Promise<void> {
    await this.db.transaction(async (db) => {
      const batches = await this.lock(db, caller, target);
      const ids = batches.map(({ id }) => id);
      const [uploadId] = batches.map(({ upload_id }) => upload_id);
      if (uploadId === undefined) return;
      await removeBatches(db, ids);
      await forgetFailures(db, uploadId, ids);
      await removeEmptyUpload(db, uploadId);
    });
    this.events.publish({ type: BATCH_EVENTS.removed, id: target.id });
  }

  private async change(caller: Caller, target: Target, { wish, from, there, apply }: Change): Promise<void> {
    await this.db.transaction(async (db) => {
      const batches = await this.lock(db, caller, target);
      const ready = batches.filter(({ status }) => from.includes(status));
      const [first] = batches;
      if (first && ready.length === 0 && !batches.some(({ status }) => there.includes(status))) {
        throw batchConflict(first.status, wish);
      }
      await apply(
        db,
        ready.map(({ id }) => id),
      );
    });
  }

  private reopen(caller: Caller, id: string, classes: readonly ErrorClass[] | null): Promise<number> {
    return this.db.transaction(async (db) => {
      const [batch] = await lockBatches(db, caller.ownerId, { kind: 'batch', id });
      // It may have been cancelled or removed meanwhile.
      return batch && batch.status !== 'cancelled' ? reopenFailed(db, id, classes) : 0;
    });
  }

  /** @throws batch_not_found also for somebody else's. */
  private async lock(db: EntityManager, { ownerId }: Caller, target: Target): Promise<LockedBatch[]> {
    const batches = await lockBatches(db, ownerId, target);
    if (batches.length === 0) throw batchNotFound();
    return batches;
  }
}
