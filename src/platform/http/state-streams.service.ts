import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Draining } from '../draining.js';
import { EventsService } from '../events/events.service.js';
import type { Caller } from './caller.js';

/** Milliseconds after which a stream looks by itself, in case an event was lost. */
const LOOK = 2_000;

/** Milliseconds of silence after which proxies and clients are told that the stream lives. */
const HEARTBEAT = 15_000;

/** One state as a server-sent event. */
export interface StateEvent {
  /** The same for the same state. */
  readonly id: string;
  readonly name: string;
  readonly data: object;
  /** Nothing comes after it. */
  readonly last: boolean;
}

export interface StateSource<State> {
  /** Types of events or ids of rows after which the state may be another. */
  readonly topics: readonly string[];
  readonly first: State;
  next(before: State): Promise<State>;
  describe(state: State): StateEvent;
  /** Milliseconds between two events at least. */
  readonly pace?: number;
}

/** A state as server-sent events: one at once, one a change, a last one. */
@Injectable()
export class StateStreamsService implements OnModuleInit {
  private readonly stopped = new AbortController();

  constructor(
    private readonly draining: Draining,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    // Clients come back to another process, with the id of the last event they saw.
    this.draining.onStart(() => {
      this.stopped.abort();
      return Promise.resolve();
    });
  }

  /** @param lastEventId the state that the client knows already and need not be told again. */
  open<State>(caller: Caller, source: StateSource<State>, lastEventId: string | undefined): Readable {
    return Readable.from(this.follow(caller, source, lastEventId), { objectMode: false });
  }

  private async *follow<State>(
    caller: Caller,
    source: StateSource<State>,
    lastEventId: string | undefined,
  ): AsyncGenerator<string> {
    const change = new Change(this.stopped.signal);
    // The caller's own topic tells that they may have lost their access.
    const unsubscribe = [...source.topics, caller.ownerId].map((topic) => this.events.on(topic, change.signal));
    let known = lastEventId;
    let spoken = performance.now();
    try {
      yield 'retry: 2000\n\n';
      for (let state = source.first; ; state = await source.next(state)) {
        const event = source.describe(state);
        if (event.id !== known || event.last) {
          yield render(event);
          if (event.last) return;
          known = event.id;
          spoken = performance.now();
        } else if (performance.now() - spoken >= HEARTBEAT) {
          yield ': alive\n\n';
          spoken = performance.now();
        }
        await change.wait(spoken + (source.pace ?? 0) - performance.now(), LOOK);
        // A token may run out while its session goes on; but who has logged out or was disabled hears no more.
        if (this.stopped.signal.aborted || !(await caller.stillValid())) return;
      }
    } finally {
      for (const stop of unsubscribe) stop();
      change.forget();
    }
  }
}

const render = ({ id, name, data }: StateEvent): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** Waits for the next signal, or one that came since the last wait, or the time. */
class Change {
  private signalled = false;
  private wake: () => void = () => undefined;

  constructor(private readonly stop: AbortSignal) {
    stop.addEventListener('abort', this.signal);
  }

  readonly signal = (): void => {
    this.signalled = true;
    this.wake();
  };

  /** The process outlives the stream: without this it would hold on to every one that there has been. */
  forget(): void {
    this.stop.removeEventListener('abort', this.signal);
  }

  /** So many milliseconds whatever happens, then until something does. */
  async wait(atLeast: number, atMost: number): Promise<void> {
    if (atLeast > 0 && !this.stop.aborted) await this.sleep(atLeast, false);
    if (!this.signalled) await this.sleep(atMost, true);
    this.signalled = false;
  }

  private async sleep(milliseconds: number, mayWake: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        if (!mayWake && !this.stop.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
