import { Injectable, type OnModuleInit } from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { Shutdown } from '../../lifecycle/shutdown.js';
import { EventsService } from '../../events/events.service.js';
import type { Caller } from '../principal.js';
import type { Snapshot, Subject } from './subject.js';
import { SubjectReader } from './subject-reader.js';
import { WakeUp } from './wake-up.js';

/** Milliseconds of silence after which proxies and clients are told that the stream lives. */
const HEARTBEAT_MS = 15_000;

/** Tells states as server-sent events: one at once, one a change, a last one. */
@Injectable()
export class StateStreamsService implements OnModuleInit {
  private readonly stopped = new AbortController();
  /** By the key of the subject, which also tells the type of its state. */
  private readonly readers = new Map<string, unknown>();

  constructor(
    private readonly shutdown: Shutdown,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    setMaxListeners(0, this.stopped.signal);
    // Clients come back to another process, with the id of the last event they saw.
    this.shutdown.onStart(() => {
      this.stopped.abort();
      return Promise.resolve();
    });
  }

  /**
   * @param first state, read with the caller's access
   * @param lastEventId the state that the client knows already and is not told again
   */
  open<State>(
    caller: Caller,
    subject: Subject<State>,
    first: Snapshot<State>,
    lastEventId: string | undefined,
  ): Readable {
    return Readable.from(this.follow(caller, subject, first, lastEventId), { objectMode: false });
  }

  private async *follow<State>(
    caller: Caller,
    subject: Subject<State>,
    first: Snapshot<State>,
    lastEventId: string | undefined,
  ): AsyncGenerator<string> {
    const reader = this.readerOf(subject, first);
    const wakeUp = new WakeUp(this.stopped.signal);
    const stopWatching = reader.watch(first, wakeUp.signal);
    // The caller's own topic tells that they may have lost their access.
    const unsubscribe = this.events.on(caller.ownerId, wakeUp.signal);
    let known = lastEventId;
    let sentAt = performance.now();
    try {
      yield 'retry: 2000\n\n';
      // A token may run out while its session goes on; but a caller who has logged out or was disabled gets no more.
      while (!this.stopped.signal.aborted && (await caller.stillValid())) {
        const { id, last } = reader.current;
        if (id !== known || last) {
          known = id;
          sentAt = performance.now();
          yield reader.text;
          if (last) return;
        } else if (performance.now() - sentAt >= HEARTBEAT_MS) {
          sentAt = performance.now();
          yield ': alive\n\n';
        }
        await wakeUp.wait(sentAt + HEARTBEAT_MS - performance.now());
      }
    } finally {
      unsubscribe();
      stopWatching();
      wakeUp.close();
    }
  }

  private readerOf<State>(subject: Subject<State>, first: Snapshot<State>): SubjectReader<State> {
    const known = this.readers.get(subject.key) as SubjectReader<State> | undefined;
    if (known && !known.isOver) return known;
    const reader = new SubjectReader(subject, first, this.events, () => {
      if (this.readers.get(subject.key) === reader) this.readers.delete(subject.key);
    });
    this.readers.set(subject.key, reader);
    return reader;
  }
}
