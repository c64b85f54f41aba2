import type { EventsService } from '../../events/events.service.js';
import type { Snapshot, StateEvent, Subject } from './subject.js';

/** Milliseconds after which a state is read without an event, since events may be lost on their way. */
const FALLBACK_INTERVAL_MS = 15_000;

/** The same while events are known to be missed: Redis is not connected. */
const UNHEARD_INTERVAL_MS = 2_000;

/** Milliseconds between two reads that events of others cause, at least. */
const RELATED_INTERVAL_MS = 2_000;

/** Milliseconds over which the reads of all subjects are spread once events are heard again. */
const CATCH_UP_MS = 1_000;

/**
 * Reads the state of one subject for all streams that watch it: after an event, and every 15 s in case one was lost. It
 * stops with the last of them.
 */
export class SubjectReader<State> {
  private readonly watchers = new Set<() => void>();
  private readonly unsubscribe: (() => void)[];
  private related: { readonly topics: string; readonly unsubscribe: (() => void)[] } = { topics: '', unsubscribe: [] };
  private state: State;
  private readAt: number;
  private event: StateEvent;
  private rendered: string | undefined;
  private failure: Error | undefined;
  private closed = false;
  private reading = false;
  private readAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;

  constructor(
    private readonly subject: Subject<State>,
    first: Snapshot<State>,
    private readonly events: EventsService,
    private readonly onUnwatched: () => void,
  ) {
    ({ state: this.state, readAt: this.readAt } = first);
    this.event = subject.describe(first.state);
    this.unsubscribe = subject.topics.map((topic) => events.on(topic, this.subjectChanged));
    this.unsubscribe.push(events.onContinuityChange(this.continuityChanged));
    this.followRelated();
    // Something may have happened between the first read and the subscription.
    this.readWithin(0);
  }

  /** Whether it reads no more. */
  get isOver(): boolean {
    return this.failure !== undefined || this.event.last || this.closed;
  }

  /** The state that was read last. @throws the error of a read that failed; the reader then reads no more */
  get current(): StateEvent {
    if (this.failure) throw this.failure;
    return this.event;
  }

  /** The event as text; rendered once for all streams. */
  get text(): string {
    const { id, name, data } = this.event;
    return (this.rendered ??= `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /**
   * @param snapshot that the stream began with; it is told to the others when it is newer than theirs
   * @param changed called after each change of the state
   * @returns the way to stop watching
   */
  watch(snapshot: Snapshot<State>, changed: () => void): () => void {
    this.accept(snapshot);
    this.watchers.add(changed);
    return () => {
      if (this.watchers.delete(changed) && this.watchers.size === 0) this.close();
    };
  }

  private readonly subjectChanged = (): void => {
    this.readNoSoonerThan(this.subject.minReadIntervalMs ?? 0);
  };

  private readonly relatedChanged = (): void => {
    this.readNoSoonerThan(RELATED_INTERVAL_MS);
  };

  private readonly continuityChanged = (): void => {
    // What happened in the gap is caught up with; while the gap lasts the state is read as often as events would tell.
    this.readWithin(this.events.continuity === null ? UNHEARD_INTERVAL_MS : Math.random() * CATCH_UP_MS);
  };

  private get intervalMs(): number {
    return this.events.continuity === null ? UNHEARD_INTERVAL_MS : FALLBACK_INTERVAL_MS;
  }

  /** @param intervalMs since the last read */
  private readNoSoonerThan(intervalMs: number): void {
    this.readWithin(Math.max(0, this.readAt + intervalMs - performance.now()));
  }

  private readWithin(milliseconds: number): void {
    const dueAt = performance.now() + milliseconds;
    if (this.isOver || this.dueAt <= dueAt) return;
    this.dueAt = dueAt;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), milliseconds).unref();
  }

  private async read(): Promise<void> {
    this.dueAt = Infinity;
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = true;
    this.readAgain = false;
    try {
      const readAt = performance.now();
      const state = await this.subject.read(this.state);
      if (this.closed) return;
      // A stream that was opened meanwhile may have brought a newer state.
      if (!this.accept({ state, readAt })) this.readAgain = true;
    } catch (error) {
      this.fail(error as Error);
    } finally {
      this.reading = false;
    }
    this.readWithin(this.readAgain ? 0 : this.intervalMs);
  }

  /** Returns whether the snapshot was not older than the present one. */
  private accept({ state, readAt }: Snapshot<State>): boolean {
    if (readAt < this.readAt) return false;
    this.readAt = readAt;
    this.state = this.subject.merge?.(this.state, state) ?? state;
    const before = this.event.id;
    this.event = this.subject.describe(this.state);
    this.rendered = undefined;
    this.followRelated();
    if (this.event.id !== before || this.event.last) this.wakeWatchers();
    return true;
  }

  private fail(error: Error): void {
    this.failure = error;
    this.wakeWatchers();
  }

  private wakeWatchers(): void {
    for (const changed of this.watchers) changed();
  }

  private followRelated(): void {
    const topics = this.subject.relatedTopics?.(this.state) ?? [];
    if (topics.join() === this.related.topics) return;
    for (const stop of this.related.unsubscribe) stop();
    const unsubscribe = topics.map((topic) => this.events.on(topic, this.relatedChanged));
    this.related = { topics: topics.join(), unsubscribe };
  }

  private close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const stop of [...this.unsubscribe, ...this.related.unsubscribe]) stop();
    this.onUnwatched();
  }
}
