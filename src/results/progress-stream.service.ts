import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import { ANALYSIS_EVENTS } from '../analysis/analysis.events.js';
import type { View } from '../analysis/analysis.rows.service.js';
import { FacetError } from '../platform/errors.js';
import type { Caller } from '../platform/http/caller.js';
import { StateStreamsService } from '../platform/http/sse/state-streams.service.js';
import { type StateEvent, type Subject, takeSnapshot } from '../platform/http/sse/subject.js';
import { ProgressResponse } from './progress.dto.js';
import { ProgressReaderService } from './progress-reader.service.js';

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled'];

/** Events after which those that wait in the queue move up. */
const QUEUE_MOVED = [ANALYSIS_EVENTS.started, ANALYSIS_EVENTS.cancelled, ANALYSIS_EVENTS.removed];

const ANY_OWNER: Pick<View, 'ownerId'> = { ownerId: null };

/** Progress as server-sent events: a `progress` event a change, one last event named after the final status. */
@Injectable()
export class ProgressStreamService {
  constructor(
    private readonly reader: ProgressReaderService,
    private readonly streams: StateStreamsService,
  ) {}

  /** @param lastEventId the state that the client knows already and need not be told again. */
  async open(caller: Caller, view: View, id: string, lastEventId: string | undefined): Promise<Readable> {
    const first = await takeSnapshot(() => this.reader.read(view, id));
    return this.streams.open(caller, this.subjectOf(id), first, lastEventId);
  }

  private subjectOf(id: string): Subject<ProgressResponse> {
    return {
      key: `analysis ${id}`,
      topics: [id],
      relatedTopics: ({ status }) => (status === 'queued' ? QUEUE_MOVED : []),
      read: (before) => this.read(before),
      merge: neverFalling,
      describe,
    };
  }

  private async read(before: ProgressResponse): Promise<ProgressResponse> {
    try {
      return await this.reader.read(ANY_OWNER, before.analysis_id);
    } catch (error) {
      if (!(error instanceof FacetError) || error.code !== analysisNotFound.code) throw error;
      const removed = { status: 'cancelled', message: 'Removed', queue_position: null } as const;
      return Object.assign(new ProgressResponse(), before, removed);
    }
  }
}

/** Redis may forget between two reads; within one stream and one run the larger value stands. */
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
