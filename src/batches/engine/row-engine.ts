import { HostWaitQueue, MIN_WAIT_MS, patienceLeftMs } from '../../platform/outbound/scheduling/host-wait-queue.js';
import type { Executor } from '../executors/executor.js';
import type { ResultCacheService } from '../cache/result-cache.service.js';
import { answered, type Attempts, failed, type Outcome } from './attempts.js';
import { Backlog } from './backlog.js';
import { FairQueue } from './fair-queue.js';
import { Questions } from './questions.js';
import type { Ending, OpenChunk, Row } from './row.js';
import { WaitingRows } from './waiting-rows.js';

interface Parts {
  /** Rows in flight at most. */
  readonly concurrency: number;
  /** For which a row waits for an open circuit. */
  readonly circuitPatienceSeconds: number;
  readonly attempts: Attempts;
  readonly cache: Pick<ResultCacheService, 'recall' | 'remember'>;
  executorOf(row: Row): Executor;
  /** Whether another row may be asked for at this moment. */
  mayAsk(): boolean;
  ended(row: Row, ending: Ending): void;
  /** A row of the chunk is no longer in flight. */
  landed(chunk: OpenChunk): void;
  /** Places have been filled, as far as there were rows. */
  filled(): void;
}

/** Brings rows to their ends: so many in flight over all chunks, spread fairly; who has to wait holds no place. */
export class RowEngine {
  private readonly queue = new FairQueue();
  private readonly backlog = new Backlog();
  private readonly questions = new Questions(this.backlog);
  private readonly waiting = new WaitingRows(this.backlog, (row) => {
    this.wake(row);
  });
  private readonly hosts: HostWaitQueue<Row>;
  private pumping: NodeJS.Immediate | undefined;

  constructor(private readonly parts: Parts) {
    this.hosts = new HostWaitQueue<Row>({
      circuitPatienceSeconds: parts.circuitPatienceSeconds,
      groupOf: ({ chunk }) => chunk.work.uploadId,
      isRetry: ({ tries }) => tries > 0,
      wake: (row) => {
        this.wake(row);
      },
      expired: (row) => {
        this.giveUp(row);
      },
      entered: (row) => {
        this.backlog.enter(row);
      },
      left: (row) => {
        this.backlog.leave(row);
      },
    });
  }

  /** Rows in flight, or about to be. */
  get load(): ReadonlyMap<string, number> {
    return this.queue.load();
  }

  get inFlight(): number {
    return this.queue.inFlight;
  }

  /** Rows that are ready and have no place yet. */
  get ready(): number {
    return this.queue.waiting;
  }

  /** Uploads of which enough rows wait. */
  get excludedUploads(): string[] {
    return this.backlog.excludedUploads;
  }

  /** A chunk that is to be given back, since too many rows wait. */
  get surplus(): OpenChunk | undefined {
    return this.backlog.surplus();
  }

  add(row: Row): void {
    this.queue.add(row);
  }

  /** Forgets the rows of a chunk that are not in flight. */
  remove(chunk: OpenChunk): void {
    this.queue.remove(chunk);
    this.waiting.remove(chunk);
    this.hosts.removeWhere(chunk.work.uploadId, (row) => row.chunk === chunk);
    for (const orphan of this.questions.remove(chunk)) this.add(orphan);
  }

  /** Asks for as many rows as there are places; once for all answers that have come in together. */
  pump(): void {
    this.pumping ??= setImmediate(() => {
      this.pumping = undefined;
      this.fill();
      this.parts.filled();
    });
  }

  private fill(): void {
    while (this.queue.inFlight < this.parts.concurrency && this.parts.mayAsk()) {
      const row = this.queue.take();
      if (!row) return;
      if (!this.begin(row)) this.queue.giveBack(row);
    }
  }

  private wake(row: Row): void {
    this.add(row);
    this.pump();
  }

  /** Returns false when the row needs no slot now: its result is known or on its way, or it waits for its host. */
  private begin(row: Row): boolean {
    const executor = this.parts.executorOf(row);
    const host = executor.hostOf(row);
    const known = row.key === null ? null : this.parts.cache.recall(row.key);
    if (known !== null || !this.questions.ask(row)) {
      this.hosts.leave(row, host);
      if (known !== null) this.end(row, answered(row, known));
      return false;
    }
    if (!this.hosts.admit(row, host, () => executor.waitBefore(row))) return false;
    this.attempt(row, executor);
    return true;
  }

  private attempt(row: Row, executor: Executor): void {
    row.chunk.inFlight += 1;
    void this.parts.attempts.make(row, executor).then((outcome) => {
      this.land(row, outcome);
    });
  }

  private land(row: Row, outcome: Outcome): void {
    const { chunk } = row;
    chunk.inFlight -= 1;
    this.queue.giveBack(row);
    if (outcome.kind === 'ended') this.end(row, outcome.ending);
    else if (chunk.keeping !== 'open' || outcome.kind === 'dropped') this.leave(row);
    else if (outcome.kind === 'again') this.tryAgain(row, outcome.milliseconds);
    else if (outcome.kind === 'put_off') this.waiting.add(row, outcome.milliseconds);
    else this.waitForCircuit(row, outcome.milliseconds);
    this.parts.landed(chunk);
    this.pump();
  }

  /** It was asked for and came to something: an open circuit is waited for anew, be it that of a redirect. */
  private tryAgain(row: Row, milliseconds: number): void {
    row.waitingSince = null;
    this.waiting.add(row, milliseconds);
  }

  /** For that of a redirect, or one that opened at this moment. */
  private waitForCircuit(row: Row, milliseconds: number): void {
    const leftMs = patienceLeftMs(row, this.parts.circuitPatienceSeconds);
    if (leftMs > 0) this.waiting.add(row, Math.max(MIN_WAIT_MS, Math.min(milliseconds, leftMs)));
    else this.giveUp(row);
  }

  private giveUp(row: Row): void {
    this.end(row, failed(row, { class: 'circuit_open', message: 'The host kept failing for too long.' }, 0));
  }

  private end(row: Row, ending: Ending): void {
    if (ending.result !== null && !ending.cached) this.parts.cache.remember(ending.keys, ending.result);
    const followers = this.questions.settle(row);
    this.parts.ended(row, ending);
    for (const follower of followers) this.parts.ended(follower, shared(follower, ending));
  }

  /** It ends without an end: whoever waited for its answer asks himself. */
  private leave(row: Row): void {
    for (const follower of this.questions.settle(row)) this.add(follower);
  }
}

/** Two rows with one question are one call: its answer is found by one and known to the other, a failure is both's. */
const shared = (row: Row, { result, failure }: Ending): Ending =>
  result === null && failure ? failed(row, failure, 0) : answered(row, result ?? '');
