/** One state as a server-sent event. */
export interface StateEvent {
  /** The same for the same state. */
  readonly id: string;
  readonly name: string;
  readonly data: object;
  /** Nothing comes after it. */
  readonly last: boolean;
}

/** Something whose state streams tell: an analysis, a batch, an upload. */
export interface Subject<State> {
  /** Names the subject and its kind: all streams with one key share one reader, also those of different callers. */
  readonly key: string;
  /** Types of events or ids of rows after which the state is read again. */
  readonly topics: readonly string[];
  /** Topics of others whose events may change this state as well, such as its place in a queue. */
  relatedTopics?(state: State): readonly string[];
  /** Milliseconds between two reads at least. */
  readonly minReadIntervalMs?: number;
  /** Reads the state without regard to who watches; access was checked when each stream was opened. */
  read(before: State): Promise<State>;
  /** Returns the state that is told after `before`, if it is not simply the one that was read. */
  merge?(before: State, read: State): State;
  describe(state: State): StateEvent;
}

/** A state and when its read began, in milliseconds of `performance.now()`. */
export interface Snapshot<State> {
  readonly state: State;
  readonly readAt: number;
}

export async function takeSnapshot<State>(read: () => Promise<State>): Promise<Snapshot<State>> {
  const readAt = performance.now();
  return { state: await read(), readAt };
}
