import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Readable } from 'node:stream';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import type { View } from '../analysis/analysis.rows.service.js';
import { EventsService } from '../platform/events/events.service.js';
import { Draining } from '../platform/draining.js';
import { FacetError } from '../platform/errors.js';
import type { Caller } from '../platform/http/caller.js';
import { ProgressResponse } from './progress.dto.js';
import { ProgressReaderService } from './progress-reader.service.js';

/** Milliseconds after which a stream looks at the row by itself, in case an event was lost. */
const LOOK = 2_000;

/** Milliseconds of silence after which proxies and clients are told that the stream lives. */
const HEARTBEAT = 15_000;

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled'];

/** Progress as server-sent events: a `progress` event a change, one last event named after the final status. */
@Injectable()
export class ProgressStreamService implements OnModuleInit {
  private readonly stopped = new AbortController();

  constructor(
    private readonly draining: Draining,
    private readonly events: EventsService,
    private readonly reader: ProgressReaderService,
  ) {}

  onModuleInit(): void {
    // Clients come back to another process, with the id of the last event they saw.
    this.draining.onStart(() => {
      this.stopped.abort();
      return Promise.resolve();
    });
  }

  /** @param lastEventId the state that the client knows already and need not be told again. */
  async open(caller: Caller, view: View, id: string, lastEventId: string | undefined): Promise<Readable> {
    const first = await this.reader.read(view, id);
    return Readable.from(this.follow(caller, view, first, lastEventId), { objectMode: false });
  }

  private async *follow(
    caller: Caller,
    view: View,
    first: ProgressResponse,
    lastEventId: string | undefined,
  ): AsyncGenerator<string> {
    const change = new Change(this.stopped.signal);
    // The caller's own topic tells that they may have lost their access.
    const unsubscribe = [first.analysis_id, caller.ownerId].map((topic) =>
      this.events.on(topic, () => {
        change.signal();
      }),
    );
    let known = lastEventId;
    let spoken = performance.now();
    try {
      yield 'retry: 2000\n\n';
      for (let state = first; ; state = await this.look(view, state)) {
        if (eventId(state) !== known || FINAL.includes(state.status)) {
          yield render(state);
          if (FINAL.includes(state.status)) return;
          known = eventId(state);
          spoken = performance.now();
        } else if (performance.now() - spoken >= HEARTBEAT) {
          yield ': alive\n\n';
          spoken = performance.now();
        }
        await change.wait(LOOK);
        // A token may run out while its session goes on; but who has logged out or was disabled hears no more.
        if (this.stopped.signal.aborted || !(await caller.stillValid())) return;
      }
    } finally {
      for (const leave of unsubscribe) leave();
    }
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

const eventId = ({ status, progress, message, queue_position }: ProgressResponse): string =>
  Buffer.from([status, progress, queue_position ?? '', message].join('|')).toString('base64url');

function render(state: ProgressResponse): string {
  const name = FINAL.includes(state.status) ? state.status : 'progress';
  return `id: ${eventId(state)}\nevent: ${name}\ndata: ${JSON.stringify(state)}\n\n`;
}

/** Waits for the next signal, or one that came since the last wait, or the time. */
class Change {
  private signalled = false;
  private wake: () => void = () => undefined;

  constructor(stop: AbortSignal) {
    stop.addEventListener('abort', () => {
      this.signal();
    });
  }

  signal(): void {
    this.signalled = true;
    this.wake();
  }

  async wait(milliseconds: number): Promise<void> {
    if (!this.signalled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.signalled = false;
  }
}
