import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { FacetError } from '../../platform/errors.js';
import { type Caller, ownerSeen } from '../../platform/http/caller.js';
import { type StateEvent, StateStreamsService } from '../../platform/http/state-streams.service.js';
import { FINAL_STATUSES } from '../batches.entity.js';
import { batchNotFound } from '../batches.errors.js';
import type { BatchStatusResponse, UploadStatusResponse } from './status.dto.js';
import { BatchStatusService } from './status.service.js';

/** Milliseconds between two events at least: rows end by the thousand. An upload tells of all its parts each time. */
const PACE = { batch: 250, upload: 1_000 };

/** How far a batch or an upload is, as server-sent events. */
@Injectable()
export class BatchStreamService {
  constructor(
    private readonly statuses: BatchStatusService,
    private readonly streams: StateStreamsService,
  ) {}

  async ofBatch(caller: Caller, owner: string | undefined, id: string, lastEventId?: string): Promise<Readable> {
    const ownerId = ownerSeen(caller, owner);
    const read = () => this.statuses.ofBatch(ownerId, id);
    const first = await read();
    const next = (before: BatchStatusResponse) => orGone(read, before);
    // What is done to all parts is told of the upload.
    const topics = [id, first.parent_batch_id];
    return this.streams.open(caller, { topics, first, next, describe, pace: PACE.batch }, lastEventId);
  }

  async ofUpload(caller: Caller, owner: string | undefined, id: string, lastEventId?: string): Promise<Readable> {
    const ownerId = ownerSeen(caller, owner);
    const read = () => this.statuses.ofUpload(ownerId, id);
    const first = await read();
    const next = (before: UploadStatusResponse) => orGone(read, before);
    return this.streams.open(caller, { topics: [id], first, next, describe, pace: PACE.upload }, lastEventId);
  }
}

/** Who listens to a batch that is removed hears that it is over. */
async function orGone<State extends object>(read: () => Promise<State>, before: State): Promise<State> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FacetError) || error.code !== batchNotFound.code) throw error;
    return { ...before, status: 'cancelled' };
  }
}

function describe(state: BatchStatusResponse | UploadStatusResponse): StateEvent {
  const { status, succeeded, failed, pending } = state;
  const last = FINAL_STATUSES.includes(status);
  const id = Buffer.from([status, succeeded, failed, pending].join('|')).toString('base64url');
  return { id, name: last ? status : 'progress', data: state, last };
}
