import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { FacetError } from '../../platform/errors.js';
import { type Caller, visibleOwner } from '../../platform/http/principal.js';
import { StateStreamsService } from '../../platform/http/sse/state-streams.service.js';
import { type StateEvent, takeSnapshot } from '../../platform/http/sse/subject.js';
import { FINAL_STATUSES } from '../batches.entity.js';
import { batchNotFound } from '../batches.errors.js';
import type { BatchStatusResponse, UploadStatusResponse } from './status.dto.js';
import { BatchStatusService } from './status.service.js';

/** Rows end by the thousand, and the state of an upload is that of all its parts. */
const MIN_READ_INTERVAL_MS = { batch: 250, upload: 1_000 };

/** How far a batch or an upload is, as server-sent events. */
@Injectable()
export class BatchStreamService {
  constructor(
    private readonly statuses: BatchStatusService,
    private readonly streams: StateStreamsService,
  ) {}

  async ofBatch(caller: Caller, owner: string | undefined, id: string, lastEventId?: string): Promise<Readable> {
    const ownerId = visibleOwner(caller, owner);
    const first = await takeSnapshot(() => this.statuses.ofBatch(ownerId, id));
    const subject = {
      key: `batch ${id}`,
      // Events of all parts are published for the upload.
      topics: [id, first.state.parent_batch_id],
      minReadIntervalMs: MIN_READ_INTERVAL_MS.batch,
      read: (before: BatchStatusResponse) => orGone(() => this.statuses.ofBatch(null, id), before),
      describe,
    };
    return this.streams.open(caller, subject, first, lastEventId);
  }

  async ofUpload(caller: Caller, owner: string | undefined, id: string, lastEventId?: string): Promise<Readable> {
    const ownerId = visibleOwner(caller, owner);
    const first = await takeSnapshot(() => this.statuses.ofUpload(ownerId, id));
    const subject = {
      key: `upload ${id}`,
      topics: [id],
      minReadIntervalMs: MIN_READ_INTERVAL_MS.upload,
      read: (before: UploadStatusResponse) => orGone(() => this.statuses.ofUpload(null, id), before),
      describe,
    };
    return this.streams.open(caller, subject, first, lastEventId);
  }
}

/** Streams of a batch that is removed end with `cancelled`. */
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
