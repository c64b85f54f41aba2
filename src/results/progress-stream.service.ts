import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import type { View } from '../analysis/analysis.rows.service.js';
import { FacetError } from '../platform/errors.js';
import type { Caller } from '../platform/http/caller.js';
import { type StateEvent, StateStreamsService } from '../platform/http/state-streams.service.js';
import { ProgressResponse } from './progress.dto.js';
import { ProgressReaderService } from './progress-reader.service.js';

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled'];

/** Progress as server-sent events: a `progress` event a change, one last event named after the final status. */
@Injectable()
export class ProgressStreamService {
  constructor(
    private readonly reader: ProgressReaderService,
    private readonly streams: StateStreamsService,
  ) {}

  /** @param lastEventId the state that the client knows already and need not be told again. */
  async open(caller: Caller, view: View, id: string, lastEventId: string | undefined): Promise<Readable> {
    const first = await this.reader.read(view, id);
    const next = (before: ProgressResponse) => this.look(view, before);
    return this.streams.open(caller, { topics: [id], first, next, describe }, lastEventId);
  }

  private async look(view: View, before: ProgressResponse): Promise<ProgressResponse> {
    try {
      return neverFalling(before, await this.reader.read(view, before.analysis_id));
    } catch (error) {
      if (!(error instanceof FacetError) || error.code !== analysisNotFound.code) throw error;
      const removed = { status: 'cancelled', message: 'Removed', queue_position: null } as const;
      return Object.assign(new ProgressResponse(), before, removed);
    }
  }
}

/** Redis may forget between two looks; within one stream and one run the larger value stands. */
function neverFalling(before: ProgressResponse, now: ProgressResponse): ProgressResponse {
  if (now.status !== 'processing' || now.progress >= before.progress) return now;
  return Object.assign(new ProgressResponse(), now, { progress: before.progress });
}

function describe(state: ProgressResponse): StateEvent {
  const { status, progress, message, queue_position } = state;
  const last = FINAL.includes(status);
  const id = Buffer.from([status, progress, queue_position ?? '', message].join('|')).toString('base64url');
  return { id, name: last ? status : 'progress', data: state, last };
}
